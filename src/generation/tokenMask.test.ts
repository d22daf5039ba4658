import { describe, expect, it } from 'vitest';
import { decideSampling } from './options.js';
import { chooseToken, processLogits } from './sampling.js';
import { applyMask } from './tokenMask.js';

const nothing = { seen: new Set<number>(), generated: new Map<number, number>() };
const bits = (size: number, ids: readonly number[]) => {
  const words = new Uint32Array(Math.ceil(size / 32));
  for (const id of ids) words[id >>> 5]! |= 1 << (id & 31);
  return words;
};

describe('applyMask', () => {
  it('leaves exactly the allowed ids, whatever the size', () => {
    for (const size of [1, 31, 32, 33, 64, 100]) {
      const allowed = Array.from({ length: size }, (_, id) => id).filter(
        (id) => id % 3 === 0 || id === 31 || id === 63,
      );
      const scores = new Float32Array(size).fill(1);
      applyMask(scores, bits(size, allowed));
      expect([...scores.keys()].filter((id) => scores[id] === 1)).toEqual(allowed);
    }
  });

  it('passes whole words over and forbids what the words do not reach', () => {
    const scores = new Float32Array(70).fill(2);
    applyMask(scores, Uint32Array.of(0xffffffff, 0));
    expect([...scores].filter((score) => score === 2)).toHaveLength(32);
    expect(scores[31]).toBe(2);
    expect(scores[32]).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('sampling under a mask and a bias', () => {
  const greedy = decideSampling({ temperature: 0 });

  it('takes the likeliest of what may come', () => {
    expect(chooseToken([5, 4, 3, 2], greedy, nothing, 0, bits(4, [2, 3]))).toBe(2);
  });

  it('adds a bias before anything else, and forbids with −Infinity', () => {
    const options = decideSampling({ temperature: 0, logitBias: { 2: 10, 0: Number.NEGATIVE_INFINITY } }, 4);
    expect([...processLogits([5, 4, 3, 2], options, nothing)]).toEqual([Number.NEGATIVE_INFINITY, 4, 13, 2]);
    expect(chooseToken([5, 4, 3, 2], options, nothing, 0)).toBe(2);
  });

  it('is an error where nothing may come', () => {
    expect(() => chooseToken([5, 4], greedy, nothing, 0, bits(2, []))).toThrow('at least one token that may come next');
  });

  it('refuses a bias of an unknown token, and one that is no number', () => {
    expect(() => decideSampling({ logitBias: { 4: 1 } }, 4)).toThrow('logitBias');
    expect(() => decideSampling({ logitBias: { 1: Number.NaN } }, 4)).toThrow('NaN for token 1');
    expect(() => decideSampling({ logitBias: { 1: Number.POSITIVE_INFINITY } }, 4)).toThrow('logitBias');
  });
});
