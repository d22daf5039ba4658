/**
 * Exact fractions over BigInt: sign in the numerator, denominator positive, lowest terms. JavaScript numbers never enter a
 * calculation; numerals are read digit by digit. Every result is held to {@link maximumDigits}.
 */
import { JambalayaError } from '../../errors/index.js';

/** Digits of the longest numerator or denominator. Greatest common divisors of such numbers take milliseconds. */
export const maximumDigits = 10_000;
const maximumBits = Math.ceil(maximumDigits * Math.log2(10));

export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** Upper bound of a number's bits that costs no division. */
export const bitLength = (value: bigint): number => (value < 0n ? -value : value).toString(16).length * 4;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

export function tooManyDigits(bits: number): JambalayaError {
  const found = Math.ceil(bits / Math.log2(10));
  return new JambalayaError(
    'limit',
    { what: 'digits of an exact number', limit: maximumDigits, found },
    { hint: 'ask for a smaller number' },
  );
}

export function rational(n: bigint, d = 1n): Rational {
  if (d === 0n)
    throw new JambalayaError('usage', { argument: 'divisor', expected: 'a number other than 0', found: '0' });
  if (d === 1n) return checked({ n, d });
  if (d < 0n) [n, d] = [-n, -d];
  const common = greatestCommonDivisor(absolute(n), d);
  return checked(common === 1n ? { n, d } : { n: n / common, d: d / common });
}

function checked(value: Rational): Rational {
  // Numbers of everyday size skip the count of digits.
  const small = value.n < 1n << 256n && value.n > -(1n << 256n) && value.d < 1n << 256n;
  if (!small) {
    const bits = Math.max(bitLength(value.n), bitLength(value.d));
    if (bits > maximumBits) throw tooManyDigits(bits);
  }
  return value;
}

export const zero = rational(0n);
export const one = rational(1n);
export const fromInteger = (value: number): Rational => rational(BigInt(value));

export const add = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
export const isInteger = (a: Rational): boolean => a.d === 1n;
export const sign = (a: Rational): number => (a.n < 0n ? -1 : a.n > 0n ? 1 : 0);

/** The largest integer that is not above. */
export function floor({ n, d }: Rational): bigint {
  const quotient = n / d;
  return n < 0n && quotient * d !== n ? quotient - 1n : quotient;
}

/** a − b·floor(a / b): takes the sign of b, as clocks and calendars need it. */
export const modulo = (a: Rational, b: Rational): Rational => subtract(a, multiply(b, rational(floor(divide(a, b)))));

/** a to an integer power; the size of the result is known before it is computed. */
export function power(a: Rational, exponent: bigint): Rational {
  if (exponent === 0n) return one;
  const size = Math.max(bitLength(a.n), bitLength(a.d));
  const isUnit = absolute(a.n) === 1n && a.d === 1n;
  if (isUnit) return exponent % 2n === 0n ? one : a;
  if (a.n === 0n && exponent > 0n) return zero;
  const count = absolute(exponent);
  // A number of b hexadecimal bits is at least 2^(b − 4).
  const leastBits = Number(count) * Math.max(size - 4, 1);
  if (leastBits > maximumBits) throw tooManyDigits(leastBits);
  const raised = checked({ n: a.n ** count, d: a.d ** count });
  return exponent > 0n ? raised : rational(raised.d, raised.n);
}

/** The integer q-th root of a perfect power, or undefined. */
export function integerRoot(value: bigint, q: bigint): bigint | undefined {
  if (value < 0n) {
    const root = q % 2n === 1n ? integerRoot(-value, q) : undefined;
    return root === undefined ? undefined : -root;
  }
  if (value < 2n) return value;
  let x = 1n << BigInt(Math.ceil(bitLength(value) / Number(q)) + 1);
  for (;;) {
    const next = ((q - 1n) * x + value / x ** (q - 1n)) / q;
    if (next >= x) break;
    x = next;
  }
  return x ** q === value ? x : undefined;
}

/** The exact q-th root where there is one. */
export function exactRoot({ n, d }: Rational, q: bigint): Rational | undefined {
  const top = integerRoot(n, q);
  const bottom = integerRoot(d, q);
  return top === undefined || bottom === undefined ? undefined : { n: top, d: bottom };
}

export function factorial(n: bigint): Rational {
  // log2(n!) is at least n·log2(n / e).
  const leastBits = Number(n) * Math.log2(Math.max(Number(n) / Math.E, 1));
  if (leastBits > maximumBits) throw tooManyDigits(leastBits);
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return rational(product);
}

export type RoundingMode = 'half-up' | 'half-even' | 'down';

/** Rounded to `places` digits after the point (negative: before it). `half-up` takes halves away from zero. */
export function round(value: Rational, places: number, mode: RoundingMode = 'half-up'): Rational {
  const scale = power(fromInteger(10), BigInt(places));
  const scaled = multiply(value, scale);
  const magnitude = absolute(scaled.n);
  let whole = magnitude / scaled.d;
  const twice = (magnitude % scaled.d) * 2n;
  const up = mode !== 'down' && (twice > scaled.d || (twice === scaled.d && (mode === 'half-up' || whole % 2n === 1n)));
  if (up) whole += 1n;
  return divide(rational(scaled.n < 0n ? -whole : whole), scale);
}

/** A plain numeral: digits, one point, an exponent. Undefined for anything else. */
export function parseNumeral(text: string): Rational | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return undefined;
  const [, minus, whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(exponentText) - fraction.length;
  if (Math.abs(exponent) + whole.length + fraction.length > maximumDigits) {
    throw tooManyDigits((Math.abs(exponent) + whole.length) * Math.log2(10));
  }
  const digits = BigInt(whole + fraction);
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = exponent < 0 ? rational(digits, scale) : rational(digits * scale);
  return minus === '-' ? negate(value) : value;
}
