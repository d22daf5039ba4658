import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logprobsOf, logSumExp } from './logprobs.js';

describe('logprobsOf', () => {
  it('is the log of the softmax, whatever is added to the logits', () => {
    const probabilities = [0.5, 0.125, 0.375];
    const { logprob, top } = logprobsOf(
      probabilities.map((p) => Math.log(p) + 1000),
      1,
      2,
    );
    expect(logprob).toBeCloseTo(Math.log(0.125), 9);
    expect(top.map(({ id }) => id)).toEqual([0, 2]);
    expect(top.map((token) => Math.exp(token.logprob))[1]).toBeCloseTo(0.375, 9);
  });

  it('gives as many as there are, and none where none are asked for', () => {
    expect(logprobsOf([0, 0], 0, 9).top.length).toBe(2);
    expect(logprobsOf([0, 0], 0, 0).top).toEqual([]);
  });

  it('adds up to 1', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1 }), (logits) => {
        const { top } = logprobsOf(logits, 0, logits.length);
        expect(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('logSumExp', () => {
  it('neither overflows nor vanishes', () => {
    expect(logSumExp([1e4, 1e4])).toBeCloseTo(1e4 + Math.LN2, 9);
    expect(logSumExp([-1e4, Number.NEGATIVE_INFINITY])).toBe(-1e4);
  });
});
