/** Integers and decimals in English words: `ten thousand two hundred seventy-eight`, `minus three point one four`. */

import { decimalPlaces, toDecimal } from './format.js';
import { absolute, type Rational } from './rational.js';

export const small = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
] as const;
export const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;
export const scales = [
  'thousand',
  'million',
  'billion',
  'trillion',
  'quadrillion',
  'quintillion',
  'sextillion',
  'septillion',
  'octillion',
  'nonillion',
  'decillion',
] as const;

/** 1 to 999. */
function hundreds(value: number): string {
  const rest = value % 100;
  const below =
    rest < 20 ? small[rest]! : `${tens[Math.floor(rest / 10) - 2]}${rest % 10 === 0 ? '' : `-${small[rest % 10]}`}`;
  if (value < 100) return below;
  const head = `${small[Math.floor(value / 100)]} hundred`;
  return rest === 0 ? head : `${head} ${below}`;
}

/** Undefined for numbers that have no common name (from 10^36). */
export function integerWords(value: bigint): string | undefined {
  if (value === 0n) return 'zero';
  if (value < 0n) {
    const words = integerWords(-value);
    return words === undefined ? undefined : `minus ${words}`;
  }
  const parts: string[] = [];
  for (let scale = 0; value > 0n; scale++, value /= 1000n) {
    const group = Number(value % 1000n);
    if (group === 0) continue;
    if (scale > scales.length) return undefined;
    parts.unshift(scale === 0 ? hundreds(group) : `${hundreds(group)} ${scales[scale - 1]}`);
  }
  return parts.join(' ');
}

export function numberWords(value: Rational): string | undefined {
  const places = decimalPlaces(value);
  if (places === undefined || places > 30) {
    const top = integerWords(value.n);
    const bottom = integerWords(value.d);
    return top === undefined || bottom === undefined ? undefined : `${top} over ${bottom}`;
  }
  const whole = integerWords(absolute(value.n) / value.d);
  if (whole === undefined) return undefined;
  const sign = value.n < 0n ? 'minus ' : '';
  if (places === 0) return sign + whole;
  const digits = toDecimal(value, places).split('.')[1]!;
  return `${sign}${whole} point ${[...digits].map((digit) => small[Number(digit)]).join(' ')}`;
}
