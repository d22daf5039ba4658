/** Exact numbers as text: decimals where they end, fractions where they do not, and repeating decimals for people. */
import { absolute, type Rational } from './rational.js';

/** Digits after the point of a decimal that ends; undefined if it does not. */
export function decimalPlaces({ d }: Rational): number | undefined {
  let twos = 0;
  let fives = 0;
  while (d % 10n === 0n) {
    d /= 10n;
    twos++;
    fives++;
  }
  while (d % 2n === 0n) {
    d /= 2n;
    twos++;
  }
  while (d % 5n === 0n) {
    d /= 5n;
    fives++;
  }
  return d === 1n ? Math.max(twos, fives) : undefined;
}

/** The decimal of a number that has `places` digits after the point. */
export function toDecimal(value: Rational, places: number): string {
  const scaled = (absolute(value.n) * 10n ** BigInt(places)) / value.d;
  const digits = scaled.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const text = places === 0 ? whole : `${whole}.${digits.slice(digits.length - places)}`;
  return value.n < 0n ? `-${text}` : text;
}

/** The exact number as one string: an integer, a decimal that ends, or `a/b`. */
export function toExact(value: Rational): string {
  if (value.d === 1n) return value.n.toString();
  const places = decimalPlaces(value);
  return places === undefined || places > 1000 ? `${value.n}/${value.d}` : toDecimal(value, places);
}

const groups = (whole: string) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** With a comma at every third digit before the point. */
export function grouped(decimal: string): string {
  const [, minus = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(decimal) ?? [];
  return whole === '' ? decimal : `${minus}${groups(whole)}${rest}`;
}

/** At most this many digits of a period are shown; longer ones are cut. */
const shownPeriod = 12;

/** `0.(3)`, `0.58(3)`; undefined if the period is too long to show. */
export function repeatingDecimal(value: Rational): string | undefined {
  const negative = value.n < 0n;
  const n = absolute(value.n);
  const seen = new Map<bigint, number>();
  let digits = '';
  let rest = n % value.d;
  while (rest !== 0n && !seen.has(rest)) {
    if (digits.length > shownPeriod + 8) return undefined;
    seen.set(rest, digits.length);
    rest *= 10n;
    digits += (rest / value.d).toString();
    rest %= value.d;
  }
  const start = seen.get(rest) ?? digits.length;
  if (digits.length - start > shownPeriod) return undefined;
  return `${negative ? '-' : ''}${groups((n / value.d).toString())}.${digits.slice(0, start)}(${digits.slice(start)})`;
}

/** For people: grouped, and what does not end with its period or its first digits. */
export function forPeople(value: Rational): string {
  const places = decimalPlaces(value);
  if (places !== undefined && places <= 60) return grouped(toDecimal(value, places));
  const fraction = `${grouped(value.n.toString())}/${grouped(value.d.toString())}`;
  const repeating = repeatingDecimal(value);
  if (repeating !== undefined) return `${repeating}, exactly ${fraction}`;
  const rounded = roundedDigits(value, 12);
  return fraction.length > 60 ? `about ${rounded}` : `about ${rounded}, exactly ${fraction}`;
}

/** The first `count` significant digits, cut and not rounded. */
function roundedDigits(value: Rational, count: number): string {
  const n = absolute(value.n);
  let places = count;
  const whole = n / value.d;
  if (whole > 0n) places = Math.max(count - whole.toString().length, 0);
  else places = count + Math.max(value.d.toString().length - n.toString().length, 0);
  return grouped(toDecimal(value, places));
}
