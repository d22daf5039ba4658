import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmax, largestFirst } from './selection.js';

const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NEGATIVE_INFINITY)), {
  maxLength: 40,
});

describe('largestFirst', () => {
  it('gives what a full sort gives, of equals the lower id first, without the removed ones', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const sorted = values
          .map((score, id) => ({ score, id }))
          .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
          .sort((a, b) => b.score - a.score || a.id - b.id);
        expect([...largestFirst(Float32Array.from(values))]).toEqual(sorted.map(({ id }) => id));
      }),
    );
  });
});

describe('argmax', () => {
  it('is the first of largestFirst', () => {
    fc.assert(
      fc.property(scores, (values) => {
        expect(argmax(values)).toBe([...largestFirst(values)][0] ?? 0);
      }),
    );
  });

  it('passes over NaN', () => {
    expect(argmax([Number.NaN, 1, Number.NaN, 2])).toBe(3);
  });
});
