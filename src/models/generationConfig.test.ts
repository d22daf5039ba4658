import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { endIdsOf } from './generationConfig.js';

const read = (value: unknown) => endIdsOf('generation_config.json', JSON.stringify(value), 100);

describe('endIdsOf', () => {
  it('takes one id, several, or none', () => {
    expect(read({ eos_token_id: 2 })).toEqual([2]);
    expect(read({ eos_token_id: [2, 99], temperature: 1 })).toEqual([2, 99]);
    expect(read({ eos_token_id: null })).toEqual([]);
    expect(read({})).toEqual([]);
  });

  it('refuses what is no id of the vocabulary', () => {
    for (const id of [100, -1, 1.5, '2', [2, [3]], {}]) {
      let error: unknown;
      try {
        read({ eos_token_id: id });
      } catch (thrown) {
        error = thrown;
      }
      expect(isJambalayaError(error, 'config'), JSON.stringify(id)).toBe(true);
    }
  });
});
