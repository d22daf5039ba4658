import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromInteger, parseNumeral } from '../exact/rational.js';
import { agrees, answerRow, groupsOf, type StudyRow, storedValue } from './calculatorStudy.js';

const file = new URL('../../../test/fixtures/mrkl/calculator-study.jsonl', import.meta.url);
const rows = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as StudyRow & { folder: string });

describe('calculator study', () => {
  it('reads one question of each file as its completion, with its value', () => {
    expect(rows.length).toBeGreaterThan(150);
    const wrong = rows.filter((row) => {
      const { exactMatch, exactValue } = answerRow(row);
      return !exactMatch || !exactValue;
    });
    expect(wrong.map(({ prompt }) => prompt)).toEqual([]);
  });

  it('knows a wrong completion and a wrong value', () => {
    const row = rows[0]!;
    expect(answerRow({ ...row, completion: 'X=(1+1)' }).exactMatch).toBe(false);
    expect(answerRow({ ...row, execution: '0.5' }).exactValue).toBe(false);
    expect(answerRow({ ...row, prompt: 'How much is it?' })).toEqual({
      completion: null,
      exactMatch: false,
      exactValue: false,
    });
  });

  it('allows for the digits that the file kept, and no more', () => {
    expect(agrees(parseNumeral('1.0133e-6')!, storedValue('0.0000010133'))).toBe(true);
    expect(agrees(fromInteger(1), storedValue('1.00000001'))).toBe(false);
    expect(agrees(parseNumeral('62438368427487360')!, storedValue(6.243836842748736e16))).toBe(true);
  });

  it('groups by experiment, digits, wording and operation', () => {
    const row = { prompt: '', completion: '', execution: 0, dataset_name: 'words_mul_9_digits' };
    expect(groupsOf('exp2_dev', row)).toEqual(['experiment exp2_dev', 'digits 9', 'operation mul', 'number words']);
    expect(groupsOf('exp4b_dev', { ...row, dataset_name: 'add_div_brackets_1', n_digits: 6 })).toEqual([
      'experiment exp4b_dev',
      'digits 6',
      'operation add_div',
    ]);
  });
});
