import { describe, expect, it } from 'vitest';
import { dropout, philox } from './dropout.js';

describe('philox', () => {
  // The known answers that come with its authors' Random123 library (`philox4x32 10` in kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('%j keyed by %j', (counter, key, words) => expect(philox(counter, key)).toEqual(words));
});

describe('dropout', () => {
  it('keeps the mean: what is kept is scaled up', () => {
    const count = 20_000;
    const out = new Float64Array(count);
    dropout({ x: new Float64Array(count).fill(1), out, count, seedLow: 3, seedHigh: 4, probability: 0.25 });
    expect(new Set(out)).toEqual(new Set([0, 1 / 0.75]));
    const dropped = out.filter((value) => value === 0).length / count;
    // Four standard deviations of a binomial of 20,000.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / count));
  });
});
