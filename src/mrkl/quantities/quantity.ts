/** A number with its unit: sums convert, products combine units, money stays in its currency. */
import { JambalayaError } from '../../errors/index.js';
import {
  compareNumeric,
  isExact,
  minus,
  type Numeric,
  negative,
  ofRational,
  over,
  pi,
  plus,
  raise,
  root,
  times,
} from '../exact/number.js';
import { divide, fromInteger, isInteger, type Rational, rational, subtract } from '../exact/rational.js';
import { Unsure } from '../plan.js';
import { factorOf, multiplyUnits, sameDimension, temperatureOffset, type UnitProduct, unitText } from './units.js';

export interface Quantity {
  readonly number: Numeric;
  readonly units: UnitProduct;
  /** The number is in per cent: 15 stands for 15 %. */
  readonly percent?: true;
}

/** Two quantities that cannot be added, or a unit that cannot be made of another: the reading was wrong, or the question. */
export class MismatchError extends JambalayaError<'usage'> {
  constructor(what: string, found: string) {
    super('usage', { argument: 'units', expected: what, found });
  }
}

export const plain = (number: Numeric): Quantity => ({ number, units: [] });
const hundred = ofRational(fromInteger(100));
/** The number that a percentage is. */
export const asNumber = (q: Quantity): Quantity =>
  q.percent ? { number: over(q.number, hundred), units: q.units } : q;

const label = (units: UnitProduct) => (units.length === 0 ? 'a plain number' : unitText(units));

export function convert(q: Quantity, units: UnitProduct): Quantity {
  const scale = monthsAndYears(q.units, units);
  if (scale !== undefined) return { number: times(q.number, ofRational(scale)), units };
  if (isMonthAndDays(q.units, units))
    throw new Unsure('ambiguous', 'A month has 28 to 31 days. Which months do you mean, or from which date?');
  if (!sameDimension(q.units, units))
    throw new MismatchError(`a unit of the same kind as ${label(units)}`, label(q.units));
  const [from, to] = [q.units[0], units[0]];
  if (q.units.length === 1 && units.length === 1 && from!.power === 1 && to!.power === 1) {
    if ('temperature' in from!.unit.dimension) {
      const { unit } = from!;
      const kelvin = plus(times(q.number, ofRational(unit.factor)), ofRational(temperatureOffset(unit)));
      return {
        number: over(minus(kelvin, ofRational(temperatureOffset(to!.unit))), ofRational(to!.unit.factor)),
        units,
      };
    }
    const radians = (unit: typeof from) => unit!.unit.symbol === 'rad';
    if (radians(from) !== radians(to)) {
      // π is not rational: radians and degrees meet approximately.
      const degree = over(pi, ofRational(fromInteger(180)));
      const turned = radians(to) ? times(q.number, degree) : over(q.number, degree);
      return { number: times(turned, ofRational(divide(from!.unit.factor, to!.unit.factor))), units };
    }
  }
  return { number: times(q.number, ofRational(divide(factorOf(q.units), factorOf(units)))), units };
}

const monthsOf: Readonly<Record<string, bigint>> = {
  mo: 1n,
  yr: 12n,
  decade: 120n,
  century: 1200n,
  millennium: 12_000n,
};

/** A year has twelve months, whatever their length. */
function monthsAndYears(from: UnitProduct, to: UnitProduct): Rational | undefined {
  const months = (units: UnitProduct) =>
    units.length === 1 && units[0]!.power === 1 ? monthsOf[units[0]!.unit.symbol] : undefined;
  const [a, b] = [months(from), months(to)];
  return a === undefined || b === undefined || (a !== 1n && b !== 1n) ? undefined : rational(a, b);
}

/** Months have no fixed length in days, weeks or hours. */
function isMonthAndDays(a: UnitProduct, b: UnitProduct): boolean {
  const kind = (units: UnitProduct) =>
    units.length === 1 && units[0]!.power === 1 ? Object.keys(units[0]!.unit.dimension).join() : '';
  const kinds = [kind(a), kind(b)];
  return kinds.includes('month') && kinds.includes('T');
}

/** x + y% is x and y per cent of it; p% + q% is a percentage. */
function combine(a: Quantity, b: Quantity, op: (x: Numeric, y: Numeric) => Numeric): Quantity {
  if (a.percent && b.percent) return { number: op(a.number, b.number), units: [], percent: true };
  if (b.percent) {
    return { number: op(a.number, times(a.number, asNumber(b).number)), units: a.units };
  }
  const left = asNumber(a);
  if (!sameDimension(left.units, b.units)) {
    throw new MismatchError(`something that ${label(left.units)} can be added to`, label(b.units));
  }
  return { number: op(left.number, temperatureSafe(b, left.units).number), units: left.units };
}

/** Differences of temperature have no offset; other units convert. */
function temperatureSafe(q: Quantity, units: UnitProduct): Quantity {
  if (units.length === 1 && 'temperature' in units[0]!.unit.dimension) {
    return { number: times(q.number, ofRational(divide(q.units[0]!.unit.factor, units[0]!.unit.factor))), units };
  }
  return units.length === 0 ? q : convert(q, units);
}

export const addQuantities = (a: Quantity, b: Quantity): Quantity => combine(a, b, plus);
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => combine(a, b, minus);

export function multiplyQuantities(a: Quantity, b: Quantity): Quantity {
  const [left, right] = [asNumber(a), asNumber(b)];
  const { units, factor } = multiplyUnits(left.units, right.units, 1);
  return { number: times(times(left.number, right.number), ofRational(factor)), units };
}

export function divideQuantities(a: Quantity, b: Quantity): Quantity {
  const [left, right] = [asNumber(a), asNumber(b)];
  const { units, factor } = multiplyUnits(left.units, right.units, -1);
  return { number: times(over(left.number, right.number), ofRational(factor)), units };
}

export function raiseQuantity(base: Quantity, exponent: Quantity): Quantity {
  const [b, e] = [asNumber(base), asNumber(exponent)];
  if (e.units.length > 0) throw new MismatchError('a plain number as exponent', label(e.units));
  if (b.units.length === 0) return plain(raise(b.number, e.number));
  if (!isExact(e.number) || !isInteger(e.number.exact))
    throw new MismatchError('a whole exponent of a quantity', 'another one');
  const count = Number(e.number.exact.n);
  return {
    number: raise(b.number, e.number),
    units: b.units.map(({ unit, power }) => ({ unit, power: power * count })),
  };
}

export function rootOfQuantity(q: Quantity, degree: bigint): Quantity {
  const { number, units } = asNumber(q);
  const count = Number(degree);
  if (units.some(({ power }) => power % count !== 0))
    throw new MismatchError(`a unit that has a root of degree ${count}`, label(units));
  return { number: root(number, degree), units: units.map(({ unit, power }) => ({ unit, power: power / count })) };
}

export const negateQuantity = (q: Quantity): Quantity => ({ ...q, number: negative(q.number) });

export function compareQuantities(a: Quantity, b: Quantity): number {
  const [left, right] = [asNumber(a), asNumber(b)];
  if (!sameDimension(left.units, right.units)) throw new MismatchError(label(left.units), label(right.units));
  return compareNumeric(left.number, left.units.length === 0 ? right.number : convert(right, left.units).number);
}

/** `5 ft 3 in` of a length: whole numbers of all units but the last. */
export function split(q: Quantity, units: readonly UnitProduct[]): Quantity[] {
  const parts: Quantity[] = [];
  let rest = convert(q, units[0]!);
  for (const [i, unit] of units.entries()) {
    rest = convert(rest, unit);
    if (i === units.length - 1 || !isExact(rest.number)) {
      parts.push(rest);
      break;
    }
    const { n, d } = rest.number.exact;
    const whole = rational(n / d);
    parts.push({ number: ofRational(whole), units: unit });
    rest = { number: ofRational(subtract(rest.number.exact, whole)), units: unit };
  }
  return parts;
}
