import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox, randomSeed, uniformAt, type Words } from './random.js';

const hex = (words: Words) => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

describe('philox', () => {
  // Known answers of Philox4x32-10 that are published with Random123.
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('of counter %j and key %j', (counter, key, expected) => {
    expect(hex(philox(counter, key))).toBe(expected);
  });
});

describe('uniformAt', () => {
  const safe = fc.maxSafeInteger();

  it('is a number from 0 to below 1, and the same when asked again', () => {
    fc.assert(
      fc.property(safe, fc.maxSafeNat(), (seed, position) => {
        const value = uniformAt(seed, position);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        expect(uniformAt(seed, position)).toBe(value);
      }),
    );
  });

  it('differs between seeds and between positions, beyond 32 bits too', () => {
    const values = [0, 1, -1, 2 ** 32, 2 ** 33].flatMap((seed) =>
      [0, 1, 2 ** 32, 2 ** 40].map((position) => uniformAt(seed, position)),
    );
    expect(new Set(values).size).toBe(values.length);
  });

  it('fills [0, 1) evenly', () => {
    const buckets = new Array<number>(16).fill(0);
    for (let position = 0; position < 16000; position++) buckets[Math.floor(uniformAt(7, position) * 16)]!++;
    // Each holds 1000 with a deviation of 31.
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('randomSeed', () => {
  it('is a safe integer from 0', () => {
    for (let i = 0; i < 100; i++) {
      const seed = randomSeed();
      expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
    }
  });
});
