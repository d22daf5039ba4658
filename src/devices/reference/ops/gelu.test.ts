import { describe, expect, it } from 'vitest';
import { normalDistribution } from './gelu.js';

describe('normalDistribution', () => {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1 (fifteen decimals) and 26.2 (-log10 of the tail).
  it.each([
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [2.9, 0.998134186699616],
    [3, 0.99865010196837],
  ])('of %d', (x, expected) => expect(Math.abs(normalDistribution(x) - expected)).toBeLessThan(1e-15));
  it.each([
    [5, 6.54265],
    [10, 23.11805],
    [20, 88.5601],
  ])('tail of %d', (x, digits) => expect(-Math.log10(normalDistribution(-x))).toBeCloseTo(digits, 5));

  it('is one function where series and continued fraction meet, and symmetric', () => {
    for (const x of [3 - 1e-9, 3, 3 + 1e-9, 0.1, 1.7, 4.2]) {
      expect(normalDistribution(x) + normalDistribution(-x)).toBeCloseTo(1, 15);
    }
    const slope = (normalDistribution(3) - normalDistribution(3 - 1e-6)) / 1e-6;
    expect(slope).toBeCloseTo(Math.exp(-4.5) / Math.sqrt(2 * Math.PI), 7);
  });

  it('ends at 0 and 1 and passes NaN on', () => {
    expect(normalDistribution(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalDistribution(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalDistribution(Number.NaN)).toBeNaN();
  });
});
