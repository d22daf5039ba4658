/**
 * A number that knows whether it is exact. Sums, products, quotients and integer powers of exact numbers are exact; roots
 * that do not come out, logarithms and the like are approximate (`decimal.js`), and whatever they touch is approximate, too.
 */
import { Decimal } from 'decimal.js';
import { JambalayaError } from '../../errors/index.js';
import { decimalPlaces, forPeople, grouped, toExact } from './format.js';
import * as exact from './rational.js';
import { type Rational, rational } from './rational.js';

const Precise = Decimal.clone({ precision: 50, maxE: 9e15, minE: -9e15, toExpNeg: -30, toExpPos: 40 });
/** Significant digits of an approximate answer, of the 50 that are carried. */
const shownDigits = 20;

export type Numeric =
  | { readonly exact: Rational; readonly approximate?: never }
  | { readonly approximate: Decimal; readonly exact?: never };
export type Exactness = 'exact' | 'repeating' | 'approximate';

export const ofRational = (value: Rational): Numeric => ({ exact: value });
export const isExact = (value: Numeric): value is Extract<Numeric, { exact: Rational }> => value.exact !== undefined;

export function exactness(value: Numeric): Exactness {
  if (!isExact(value)) return 'approximate';
  return decimalPlaces(value.exact) === undefined ? 'repeating' : 'exact';
}

export const toApproximate = (value: Numeric): Decimal =>
  isExact(value) ? new Precise(value.exact.n.toString()).div(new Precise(value.exact.d.toString())) : value.approximate;

function approximate(value: Decimal, what: string): Numeric {
  if (!value.isFinite())
    throw new JambalayaError('usage', { argument: what, expected: 'a defined result', found: value.toString() });
  return { approximate: value };
}

const binary =
  (onExact: (a: Rational, b: Rational) => Rational, onDecimal: (a: Decimal, b: Decimal) => Decimal, what: string) =>
  (a: Numeric, b: Numeric): Numeric =>
    isExact(a) && isExact(b)
      ? { exact: onExact(a.exact, b.exact) }
      : approximate(onDecimal(toApproximate(a), toApproximate(b)), what);

export const plus = binary(exact.add, (a, b) => a.plus(b), 'sum');
export const minus = binary(exact.subtract, (a, b) => a.minus(b), 'difference');
export const times = binary(exact.multiply, (a, b) => a.times(b), 'product');
export const over = binary(exact.divide, (a, b) => a.div(b), 'quotient');
export const remainder = binary(exact.modulo, (a, b) => a.minus(b.times(a.div(b).floor())), 'remainder');
export const negative = (a: Numeric): Numeric =>
  isExact(a) ? { exact: exact.negate(a.exact) } : { approximate: a.approximate.neg() };
export const signOf = (a: Numeric): number => (isExact(a) ? exact.sign(a.exact) : Math.sign(a.approximate.cmp(0)));
export const compareNumeric = (a: Numeric, b: Numeric): number =>
  isExact(a) && isExact(b) ? exact.compare(a.exact, b.exact) : toApproximate(a).cmp(toApproximate(b));

const undefinedResult = (what: string, expected: string, found: string) =>
  new JambalayaError('usage', { argument: what, expected, found });

/** The q-th root, exact where it comes out. */
export function root(value: Numeric, q: bigint): Numeric {
  if (q < 1n) throw undefinedResult('root', 'a whole number from 1', q.toString());
  if (signOf(value) < 0 && q % 2n === 0n) {
    throw undefinedResult(
      `root ${q}`,
      'a number from 0, as even roots of negative numbers are not real',
      toValue(value),
    );
  }
  if (isExact(value)) {
    const found = exact.exactRoot(value.exact, q);
    if (found !== undefined) return { exact: found };
  }
  const size = toApproximate(value).abs();
  const result = q === 2n ? size.sqrt() : q === 3n ? size.cbrt() : size.pow(new Precise(1).div(q.toString()));
  return approximate(signOf(value) < 0 ? result.neg() : result, 'root');
}

export function raise(base: Numeric, exponent: Numeric): Numeric {
  if (isExact(exponent) && signOf(base) === 0 && exact.sign(exponent.exact) <= 0) {
    throw undefinedResult('power', 'a positive exponent of 0', toValue(exponent));
  }
  if (isExact(exponent) && exact.isInteger(exponent.exact)) {
    if (isExact(base)) return { exact: exact.power(base.exact, exponent.exact.n) };
    return approximate(base.approximate.pow(exponent.exact.n.toString()), 'power');
  }
  if (isExact(exponent) && exponent.exact.d <= 1000n) {
    return raise(root(base, exponent.exact.d), { exact: rational(exponent.exact.n) });
  }
  if (signOf(base) < 0) throw undefinedResult('power', 'a base from 0 for this exponent', toValue(base));
  return approximate(toApproximate(base).pow(toApproximate(exponent)), 'power');
}

export function logarithm(value: Numeric, base: Numeric | 'e'): Numeric {
  if (signOf(value) <= 0) throw undefinedResult('logarithm', 'a number above 0', toValue(value));
  if (base === 'e') return isOne(value) ? { exact: exact.zero } : approximate(toApproximate(value).ln(), 'logarithm');
  if (signOf(base) <= 0 || isOne(base))
    throw undefinedResult('base of a logarithm', 'above 0 and not 1', toValue(base));
  const power = exactLogarithm(value, base);
  return power ?? approximate(toApproximate(value).log(toApproximate(base)), 'logarithm');
}

const isOne = (value: Numeric) => isExact(value) && exact.equal(value.exact, exact.one);

/** log of base^k for a whole k. */
function exactLogarithm(value: Numeric, base: Numeric): Numeric | undefined {
  if (!isExact(value) || !isExact(base)) return undefined;
  const guess = toApproximate(value).log(toApproximate(base)).round();
  if (guess.abs().gt(10_000)) return undefined;
  const exponent = BigInt(guess.toFixed(0));
  return exact.equal(exact.power(base.exact, exponent), value.exact) ? { exact: rational(exponent) } : undefined;
}

export type Angle = 'sin' | 'cos' | 'tan';
export const pi: Numeric = { approximate: Precise.acos(-1) };
export const e: Numeric = { approximate: Precise.exp(1) };
export const exponential = (value: Numeric): Numeric => raise(e, value);

/** Of an angle in radians; the multiples of 30 and 45 degrees that are rational come out exactly through `degrees`. */
export function trigonometric(name: Angle, value: Numeric): Numeric {
  if (isExact(value) && exact.sign(value.exact) === 0) return { exact: name === 'cos' ? exact.one : exact.zero };
  return approximate(toApproximate(value)[name](), name);
}

const half = rational(1n, 2n);
const rationalSines: Readonly<Record<number, Rational>> = {
  0: exact.zero,
  30: half,
  90: exact.one,
  150: half,
  180: exact.zero,
  210: exact.negate(half),
  270: exact.negate(exact.one),
  330: exact.negate(half),
};

export function trigonometricOfDegrees(name: Angle, value: Numeric): Numeric {
  if (isExact(value) && exact.isInteger(value.exact)) {
    const degrees = Number(exact.modulo(value.exact, rational(360n)).n);
    const found =
      name === 'sin'
        ? rationalSines[degrees]
        : name === 'cos'
          ? rationalSines[(degrees + 90) % 360]
          : rationalTangent(degrees);
    if (found !== undefined) return { exact: found };
  }
  return trigonometric(name, over(times(value, pi), ofRational(rational(180n))));
}

function rationalTangent(degrees: number): Rational | undefined {
  if (degrees % 180 === 90) throw undefinedResult('tan', 'an angle other than 90° and 270°', `${degrees}°`);
  if (degrees % 180 === 0) return exact.zero;
  return degrees % 180 === 45 ? exact.one : degrees % 180 === 135 ? exact.negate(exact.one) : undefined;
}

/** The one string that a program reads: exact, or the first digits of what is approximate. */
export function toValue(value: Numeric): string {
  if (isExact(value)) return toExact(value.exact);
  const rounded = value.approximate.toSignificantDigits(shownDigits);
  return rounded.abs().gt('1e40') || (rounded.abs().lt('1e-30') && !rounded.isZero())
    ? rounded.toString()
    : rounded.toFixed();
}

export const toPeople = (value: Numeric): string =>
  isExact(value) ? forPeople(value.exact) : `about ${grouped(toValue(value))}`;
