/** Numerals as people write them, and whether they are clear: `2,340.50`, `1.234.567`, `2.340,50`, `1.200` (which?). */
import { parseNumeral, type Rational, rational } from '../exact/rational.js';

export interface Numeral {
  readonly value: Rational;
  /** The other number that it may mean, if one must ask. */
  readonly otherwise?: Rational;
}

const commaLocales = /^(de|fr|es|it|pt|nl|da|nb|nn|no|sv|fi|pl|cs|sk|ru|uk|tr|id|el|ro|hu|bg|hr|sl|sr|vi)\b/i;
/** Locales that write a point for thousands. */
export const hasDecimalComma = (locale: string): boolean => commaLocales.test(locale) && !/-(CH|MX|US)$/i.test(locale);

/** @param others the other numerals of the question, which may show what its points mean */
export function readNumeral(raw: string, locale: string, others: readonly string[] = []): Numeral | undefined {
  if (/^0x/i.test(raw) || /^0b/i.test(raw)) return { value: rational(BigInt(raw)) };
  if (raw.includes('_')) return plainNumeral(raw.replaceAll('_', ''));
  const [commas, points] = [raw.split(',').length - 1, raw.split('.').length - 1];
  if (commas > 0 && points > 0) {
    const decimalComma = raw.lastIndexOf(',') > raw.lastIndexOf('.');
    return plainNumeral(decimalComma ? raw.replaceAll('.', '').replace(',', '.') : raw.replaceAll(',', ''));
  }
  if (points > 1) return plainNumeral(raw.replaceAll('.', ''));
  if (commas > 0) {
    const grouped = parseNumeral(raw.replaceAll(',', ''));
    if (grouped === undefined) return undefined;
    // 1,200 is 1.2 for a German; with several groups, or elsewhere, it is clear.
    const decimal = commas === 1 && hasDecimalComma(locale) ? parseNumeral(raw.replace(',', '.')) : undefined;
    return decimal === undefined ? { value: grouped } : { value: grouped, otherwise: decimal };
  }
  const numeral = plainNumeral(raw);
  if (numeral === undefined || points === 0) return numeral;
  const thousands = /^[1-9]\d{0,2}\.\d{3}$/.test(raw) ? parseNumeral(raw.replace('.', '')) : undefined;
  if (thousands === undefined) return numeral;
  if (hasDecimalComma(locale)) return { value: thousands };
  // Who writes decimals with a point seldom ends them with a zero, unless the question has other decimals.
  const clear =
    others.some((other) => /^\d+\.\d+$/.test(other) && !/^[1-9]\d{0,2}\.\d{3}$/.test(other)) ||
    others.some((o) => o.includes(','));
  return raw.endsWith('0') && !clear ? { ...numeral, otherwise: thousands } : numeral;
}

function plainNumeral(text: string): Numeral | undefined {
  const value = parseNumeral(text);
  return value === undefined ? undefined : { value };
}
