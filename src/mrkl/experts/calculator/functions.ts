/** The functions of an expression: `sqrt(2)`, `root(3, 8)`, `round(x, 2)`, `mean(1, 2, 4)`. */
import { JambalayaError } from '../../../errors/index.js';
import {
  type Angle,
  exponential,
  isExact,
  logarithm,
  type Numeric,
  negative,
  ofRational,
  signOf,
  toApproximate,
  toValue,
  trigonometric,
  trigonometricOfDegrees,
} from '../../exact/number.js';
import * as exact from '../../exact/rational.js';
import { fromInteger, parseNumeral, type Rational, rational } from '../../exact/rational.js';
import {
  addQuantities,
  asNumber,
  compareQuantities,
  convert,
  divideQuantities,
  MismatchError,
  multiplyQuantities,
  plain,
  type Quantity,
  raiseQuantity,
  rootOfQuantity,
} from '../../quantities/quantity.js';
import { unitOfSymbol } from '../../quantities/units.js';

type Apply = (...args: Quantity[]) => Quantity;

const failure = (argument: string, expected: string, found: string) =>
  new JambalayaError('usage', { argument, expected, found });

function bare(q: Quantity, name: string): Numeric {
  const { number, units } = asNumber(q);
  if (units.length > 0) throw new MismatchError(`a plain number for ${name}`, units[0]!.unit.symbol);
  return number;
}

export function wholeNumber(q: Quantity, name: string): bigint {
  const number = bare(q, name);
  if (!isExact(number) || !exact.isInteger(number.exact)) throw failure(name, 'a whole number', toValue(number));
  return number.exact.n;
}

export function factorial(q: Quantity): Quantity {
  const n = wholeNumber(q, 'factorial');
  if (n < 0n) throw failure('factorial', 'a whole number from 0', n.toString());
  return plain(ofRational(exact.factorial(n)));
}

const onNumber =
  (name: string, apply: (value: Numeric) => Numeric): Apply =>
  (q) =>
    plain(apply(bare(q!, name)));

/** Rounds the number and keeps its unit. */
const rounding =
  (apply: (value: Rational) => Rational): Apply =>
  (q) => ({ ...q!, number: ofRational(apply(asRational(q!.number))) });

/** An approximate number at its shown digits. */
const asRational = (number: Numeric): Rational =>
  isExact(number) ? number.exact : parseNumeral(toApproximate(number).toFixed(40))!;

const ceiling = (value: Rational): Rational => exact.negate(rational(exact.floor(exact.negate(value))));

function gcd(a: bigint, b: bigint): bigint {
  [a, b] = [exact.absolute(a), exact.absolute(b)];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

const angle =
  (name: Angle): Apply =>
  (q) => {
    const [unit] = q!.units;
    if (unit === undefined) return plain(trigonometric(name, bare(q!, name)));
    return plain(trigonometricOfDegrees(name, convert(q!, [{ unit: unitOfSymbol('°')!, power: 1 }]).number));
  };

function choose(n: bigint, k: bigint, ordered: boolean): Quantity {
  if (n < 0n || k < 0n) throw failure('combinations', 'numbers from 0', `${n}, ${k}`);
  if (k > n) return plain(ofRational(exact.zero));
  const count = ordered || k < n - k ? k : n - k;
  if (count > 3000n)
    throw new JambalayaError('limit', { what: 'members of a choice', limit: 3000, found: Number(count) });
  let product = exact.one;
  for (let i = 0n; i < count; i++) {
    product = exact.multiply(product, rational(n - i, ordered ? 1n : i + 1n));
  }
  return plain(ofRational(product));
}

const sorted = (args: readonly Quantity[]) => [...args].sort(compareQuantities);
const sumOf = (args: readonly Quantity[]) =>
  args.slice(1).reduce((total, q) => addQuantities(total, asNumber(q)), asNumber(args[0]!));
const countOf = (count: number) => plain(ofRational(fromInteger(count)));

const [two, three] = [2n, 3n];

interface FunctionRow {
  readonly least: number;
  readonly most: number;
  readonly apply: Apply;
}
const row = (least: number, most: number, apply: Apply): FunctionRow => ({ least, most, apply });

const table: Readonly<Record<string, FunctionRow>> = {
  sqrt: row(1, 1, (q) => rootOfQuantity(q!, two)),
  cbrt: row(1, 1, (q) => rootOfQuantity(q!, three)),
  root: row(2, 2, (n, q) => rootOfQuantity(q!, wholeNumber(n!, 'root'))),
  ln: row(
    1,
    1,
    onNumber('ln', (value) => logarithm(value, 'e')),
  ),
  log: row(1, 2, (q, base) =>
    plain(logarithm(bare(q!, 'log'), base === undefined ? ofRational(fromInteger(10)) : bare(base, 'base'))),
  ),
  exp: row(1, 1, onNumber('exp', exponential)),
  sin: row(1, 1, angle('sin')),
  cos: row(1, 1, angle('cos')),
  tan: row(1, 1, angle('tan')),
  abs: row(1, 1, (q) => (signOf(q!.number) < 0 ? { ...q!, number: negative(q!.number) } : q!)),
  floor: row(
    1,
    1,
    rounding((value) => rational(exact.floor(value))),
  ),
  ceil: row(1, 1, rounding(ceiling)),
  trunc: row(
    1,
    1,
    rounding((value) => rational(value.n / value.d)),
  ),
  round: row(1, 2, (q, places) => {
    const count = places === undefined ? 0 : Number(wholeNumber(places, 'decimal places'));
    if (Math.abs(count) > 1000)
      throw new JambalayaError('limit', { what: 'decimal places', limit: 1000, found: count });
    return { ...q!, number: ofRational(exact.round(asRational(q!.number), count)) };
  }),
  min: row(2, 1000, (...args) => sorted(args)[0]!),
  max: row(2, 1000, (...args) => sorted(args).at(-1)!),
  sum: row(1, 1000, (...args) => sumOf(args)),
  product: row(1, 1000, (...args) => args.reduce(multiplyQuantities)),
  mean: row(1, 1000, (...args) => divideQuantities(sumOf(args), countOf(args.length))),
  median: row(1, 1000, (...args) => {
    const order = sorted(args);
    const middle = order.length >> 1;
    if (order.length % 2 === 1) return asNumber(order[middle]!);
    return divideQuantities(addQuantities(asNumber(order[middle - 1]!), asNumber(order[middle]!)), countOf(2));
  }),
  gcd: row(2, 1000, (...args) => plain(ofRational(rational(args.map((q) => wholeNumber(q, 'gcd')).reduce(gcd))))),
  lcm: row(2, 1000, (...args) => {
    const common = args
      .map((q) => wholeNumber(q, 'lcm'))
      .reduce((a, b) => (a === 0n || b === 0n ? 0n : exact.absolute(a * b) / gcd(a, b)));
    return plain(ofRational(rational(common)));
  }),
  combinations: row(2, 2, (n, k) => choose(wholeNumber(n!, 'combinations'), wholeNumber(k!, 'combinations'), false)),
  permutations: row(2, 2, (n, k) => choose(wholeNumber(n!, 'permutations'), wholeNumber(k!, 'permutations'), true)),
  /** How often the divisor goes in as a whole. */
  quotient: row(2, 2, (a, b) => {
    const { number, units } = divideQuantities(a!, b!);
    if (units.length > 0) throw new MismatchError('two quantities of one kind', units[0]!.unit.symbol);
    return plain(ofRational(rational(exact.floor(asRational(number)))));
  }),
  /** By how many per cent the second is more than the first. */
  change: row(2, 2, (from, to) => {
    const ratio = divideQuantities(to!, from!);
    if (ratio.units.length > 0) throw new MismatchError('two quantities of one kind', ratio.units[0]!.unit.symbol);
    const hundred = countOf(100);
    const { number } = addQuantities(multiplyQuantities(ratio, hundred), plain(negative(hundred.number)));
    return { number, units: [], percent: true };
  }),
  /** The same number in per cent. */
  percentage: row(1, 1, (q) => {
    const value = asNumber(q!);
    if (value.units.length > 0) throw new MismatchError('a plain number', value.units[0]!.unit.symbol);
    return { number: multiplyQuantities(value, countOf(100)).number, units: [], percent: true };
  }),
  number: row(1, 1, (q) => asNumber(q!)),
  square: row(1, 1, (q) => raiseQuantity(q!, countOf(2))),
};

export const functionNames: ReadonlySet<string> = new Set(Object.keys(table));

export function applyFunction(name: string, args: readonly Quantity[]): Quantity {
  const { least, most, apply } = table[name]!;
  if (args.length < least || args.length > most) {
    throw failure(name, least === most ? `${least} arguments` : `${least} to ${most} arguments`, String(args.length));
  }
  return apply(...args);
}
