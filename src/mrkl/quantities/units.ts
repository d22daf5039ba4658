/** Units by symbol and by name, and products of their powers. */
import { divide, fromInteger, multiply, one, parseNumeral, power, type Rational, rational } from '../exact/rational.js';
import { compoundUnits, unitTable } from './unitTable.js';

export type System = 'us' | 'imperial';

export interface Unit {
  readonly symbol: string;
  /** Plural, or the symbol where there is no name. */
  readonly name: string;
  /** To the base unit of its dimension. */
  readonly factor: Rational;
  readonly dimension: Readonly<Record<string, number>>;
  readonly system?: System;
}

/** Units and the powers that they are raised to; empty for a plain number. */
export type UnitProduct = readonly { readonly unit: Unit; readonly power: number }[];

const bySymbol = new Map<string, Unit>();
const byName = new Map<string, Unit[]>();

function read(table: string): void {
  for (const line of table.split('\n')) {
    const match = /^(.+?): (.*)= (\S+) (.+)$/.exec(line);
    if (match === null) continue;
    const [, symbol = '', words = '', factorText = '', dimensionText = ''] = match;
    const [n = '', d] = factorText.split('/');
    const factor = d === undefined ? parseNumeral(n)! : divide(parseNumeral(n)!, parseNumeral(d)!);
    const dimension: Record<string, number> = {};
    for (const part of dimensionText.split(' ')) {
      const [, base = '', exponent] = /^([a-zA-Z]+)(-?\d+)?$/.exec(part) ?? [];
      dimension[base] = exponent === undefined ? 1 : Number(exponent);
    }
    const names = words
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '' && !word.startsWith('@'));
    const system = /@(us|imperial)/.exec(words)?.[1] as System | undefined;
    const spoken = names.map((name) => name.replaceAll('_', ' '));
    const plural = spoken.find((name) => name.length > 3 && /(s|feet|inches)$/.test(name)) ?? spoken[0] ?? symbol;
    const named =
      system === 'us' && !symbol.startsWith('short')
        ? `US ${plural}`
        : system === 'imperial' && symbol.startsWith('imp')
          ? `imperial ${plural}`
          : plural;
    const unit: Unit = {
      symbol,
      name: symbol.startsWith('metric') || / ton$/.test(symbol) ? `${symbol}s` : named,
      factor,
      dimension,
      ...(system && { system }),
    };
    bySymbol.set(symbol, unit);
    for (const name of new Set([symbol.toLowerCase(), ...spoken]))
      byName.set(name, [...(byName.get(name) ?? []), unit]);
  }
}
read(unitTable);

const imperialLocale = /^en-(GB|IE|AU|NZ|CA|IN|ZA)\b/i;

/** Units of a name, those of the locale first; the place in the list is the cost of the reading. */
export function unitsNamed(name: string, locale: string): readonly Unit[] {
  const preferred: System = imperialLocale.test(locale) ? 'imperial' : 'us';
  const found = byName.get(name) ?? [];
  // Of two units of one dimension that differ by system only, the locale takes one.
  return found.filter(
    (unit) =>
      unit.system === undefined ||
      unit.system === preferred ||
      !found.some(
        (other) => other.system === preferred && sameDimension([{ unit, power: 1 }], [{ unit: other, power: 1 }]),
      ),
  );
}
export const unitNames = (): IterableIterator<string> => byName.keys();
export const compoundNames = Object.keys(compoundUnits);

export function unitOfSymbol(symbol: string): Unit | undefined {
  const known = bySymbol.get(symbol);
  if (known !== undefined) return known;
  // Money is a unit whose dimension is its currency.
  return /^[A-Z]{3}$/.test(symbol) ? currencyUnit(symbol) : undefined;
}

const currencies = new Map<string, Unit>();
export function currencyUnit(code: string): Unit {
  let unit = currencies.get(code);
  if (unit === undefined) {
    unit = { symbol: code, name: code, factor: one, dimension: { [`money ${code}`]: 1 } };
    currencies.set(code, unit);
  }
  return unit;
}
export const isCurrency = ({ dimension }: Unit): boolean => Object.keys(dimension)[0]?.startsWith('money ') === true;

/** The only currency of a product of units, to the first power and alone. */
export function currencyOf(units: UnitProduct): string | undefined {
  const [only] = units;
  return units.length === 1 && only!.power === 1 && isCurrency(only!.unit) ? only!.unit.symbol : undefined;
}

export function dimensionOf(units: UnitProduct): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { unit, power: exponent } of units) {
    for (const [base, count] of Object.entries(unit.dimension)) {
      total[base] = (total[base] ?? 0) + count * exponent;
      if (total[base] === 0) delete total[base];
    }
  }
  return total;
}

export function sameDimension(a: UnitProduct, b: UnitProduct): boolean {
  const [left, right] = [dimensionOf(a), dimensionOf(b)];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

/** What one of these units is in base units. */
export const factorOf = (units: UnitProduct): Rational =>
  units.reduce((factor, { unit, power: exponent }) => multiply(factor, power(unit.factor, BigInt(exponent))), one);

/** The product, and the factor that comes out when units of one dimension meet (km × m). */
export function multiplyUnits(a: UnitProduct, b: UnitProduct, sign: 1 | -1): { units: UnitProduct; factor: Rational } {
  let factor = one;
  const units = a.map((entry) => ({ ...entry }));
  for (const { unit, power: exponent } of b) {
    const same = units.find((other) => sameDimension([{ unit: other.unit, power: 1 }], [{ unit, power: 1 }]));
    if (same === undefined) units.push({ unit, power: exponent * sign });
    else {
      factor = multiply(factor, power(divide(unit.factor, same.unit.factor), BigInt(exponent * sign)));
      same.power += exponent * sign;
    }
  }
  const kept = units.filter((entry) => entry.power !== 0);
  // What is left of pure numbers, such as L/ml through m³, becomes a factor.
  return Object.keys(dimensionOf(kept)).length === 0 && kept.length > 0
    ? { units: [], factor: multiply(factor, factorOf(kept)) }
    : { units: kept, factor };
}

/** `km`, `mi/h`, `m^2`, `kg m^2/s^2`: symbols as a program reads them. */
export function unitText(units: UnitProduct): string {
  const part = ({ unit, power: exponent }: UnitProduct[number]) =>
    Math.abs(exponent) === 1 ? unit.symbol : `${unit.symbol}^${Math.abs(exponent)}`;
  const top = units.filter((entry) => entry.power > 0).map(part);
  const bottom = units.filter((entry) => entry.power < 0).map(part);
  if (bottom.length === 0) return top.join('·');
  return `${top.length === 0 ? '1' : top.join('·')}/${bottom.join('/')}`;
}

export function parseUnitText(text: string): UnitProduct | undefined {
  const [top = '', ...bottoms] = text.split('/');
  let units: UnitProduct = [];
  const parts = [...top.split('·').map((part) => [part, 1] as const), ...bottoms.map((part) => [part, -1] as const)];
  for (const [part, sign] of parts) {
    if (part === '1') continue;
    const [symbol = '', exponent = '1'] = part.split('^');
    const unit = unitOfSymbol(symbol);
    if (unit === undefined || !/^\d+$/.test(exponent)) return undefined;
    units = [...units, { unit, power: sign * Number(exponent) }];
  }
  return units;
}

export const compoundUnit = (name: string): UnitProduct | undefined => {
  const text = compoundUnits[name];
  return text === undefined ? undefined : parseUnitText(text);
};

/** For people: `kilometers`, `US cups`, `mi/h`. */
export function unitWords(units: UnitProduct, plural = true): string {
  const [only] = units;
  if (units.length !== 1 || only!.power < 1) return unitText(units).replace(/\^2/g, '²').replace(/\^3/g, '³');
  const { unit, power: exponent } = only!;
  const name = plural ? unit.name : singular(unit.name);
  if (exponent === 1) return name;
  return exponent === 2 ? `square ${name}` : exponent === 3 ? `cubic ${name}` : unitText(units);
}

function singular(name: string): string {
  if (name === 'feet') return 'foot';
  if (name === 'inches') return 'inch';
  if (name === 'centuries') return 'century';
  return name.length > 3 && name.endsWith('s') && name !== 'celsius' ? name.slice(0, -1) : name;
}

const temperatureOffsets: Readonly<Record<string, Rational>> = {
  '°C': rational(27315n, 100n),
  '°F': rational(45967n, 180n),
};
/** Kelvin at the unit's zero. */
export const temperatureOffset = (unit: Unit): Rational => temperatureOffsets[unit.symbol] ?? fromInteger(0);
