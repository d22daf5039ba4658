import fc from 'fast-check';
import Fraction from 'fraction.js';
import { describe, expect, it } from 'vitest';
import { forPeople, repeatingDecimal, toExact } from './format.js';
import {
  add,
  divide,
  exactRoot,
  factorial,
  floor,
  integerRoot,
  modulo,
  multiply,
  parseNumeral,
  power,
  rational,
  round,
  subtract,
} from './rational.js';
import { numberWords } from './words.js';

const small = fc.tuple(fc.bigInt(-10_000n, 10_000n), fc.bigInt(1n, 10_000n)).map(([n, d]) => rational(n, d));
const oracle = ({ n, d }: { n: bigint; d: bigint }) => new Fraction(n, d);

describe('rational', () => {
  it('agrees with an independent library', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        for (const [ours, theirs] of [
          [add(a, b), oracle(a).add(oracle(b))],
          [subtract(a, b), oracle(a).sub(oracle(b))],
          [multiply(a, b), oracle(a).mul(oracle(b))],
          ...(b.n === 0n ? [] : ([[divide(a, b), oracle(a).div(oracle(b))]] as const)),
        ] as const) {
          expect(oracle(ours).equals(theirs)).toBe(true);
        }
      }),
    );
  });

  it('holds what libraries lose', () => {
    expect(toExact(power(parseNumeral('1e400')!, 1n))).toBe(`1${'0'.repeat(400)}`);
    expect(toExact(subtract(parseNumeral('41825902.79')!, parseNumeral('41849481.77')!))).toBe('-23578.98');
    expect(toExact(factorial(25n))).toBe('15511210043330985984000000');
  });

  it('refuses numbers that are too large before it computes them', () => {
    expect(() => power(rational(10n), 1_000_000_000n)).toThrow(/digits/);
    expect(() => factorial(1_000_000n)).toThrow(/digits/);
    expect(() => parseNumeral('1e999999')).toThrow(/digits/);
    expect(() => rational(1n, 0n)).toThrow(/other than 0/);
  });

  it('finds exact roots of perfect powers only', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 2, max: 7 }), (value, q) => {
        expect(integerRoot(value ** BigInt(q), BigInt(q))).toBe(value);
        if (value > 1n) expect(integerRoot(value ** BigInt(q) + 1n, BigInt(q))).toBeUndefined();
      }),
    );
    expect(exactRoot(rational(-8n, 27n), 3n)).toEqual(rational(-2n, 3n));
    expect(exactRoot(rational(-4n), 2n)).toBeUndefined();
  });

  it('rounds halves as asked, and divides towards minus infinity', () => {
    const at = (text: string, mode: 'half-up' | 'half-even' | 'down') => toExact(round(parseNumeral(text)!, 0, mode));
    expect(['0.5', '1.5', '2.5', '-2.5'].map((text) => at(text, 'half-up'))).toEqual(['1', '2', '3', '-3']);
    expect(['0.5', '1.5', '2.5', '-2.5'].map((text) => at(text, 'half-even'))).toEqual(['0', '2', '2', '-2']);
    expect(at('2.9', 'down')).toBe('2');
    expect(toExact(round(parseNumeral('1250')!, -2))).toBe('1300');
    expect(floor(rational(-7n, 2n))).toBe(-4n);
    expect(modulo(rational(-7n), rational(3n))).toEqual(rational(2n));
  });

  it('writes integers, decimals that end, and fractions', () => {
    expect(toExact(rational(3n, 8n))).toBe('0.375');
    expect(toExact(rational(-1n, 3n))).toBe('-1/3');
    expect(repeatingDecimal(rational(7n, 12n))).toBe('0.58(3)');
    expect(repeatingDecimal(rational(-1n, 7n))).toBe('-0.(142857)');
    expect(forPeople(rational(12_345_678n))).toBe('12,345,678');
    expect(numberWords(rational(10_278n))).toBe('ten thousand two hundred seventy-eight');
    expect(numberWords(parseNumeral('-3.05')!)).toBe('minus three point zero five');
  });
});
