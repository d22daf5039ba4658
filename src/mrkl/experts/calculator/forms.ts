/** Forms that a number can be asked for in: words, a fraction, another base, Roman numerals, scientific notation. */
import { forPeople, toExact } from '../../exact/format.js';
import { isExact, toApproximate, toValue } from '../../exact/number.js';
import { absolute, isInteger, type Rational } from '../../exact/rational.js';
import { numberWords } from '../../exact/words.js';
import { Unsure } from '../../plan.js';
import { asNumber, type Quantity } from '../../quantities/quantity.js';

export const forms = [
  'words',
  'fraction',
  'decimal',
  'percent',
  'binary',
  'octal',
  'hexadecimal',
  'roman',
  'scientific',
] as const;
export type Form = (typeof forms)[number];

const romanDigits: readonly [number, string][] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

export function toRoman(value: bigint): string | undefined {
  if (value < 1n || value > 3999n) return undefined;
  let rest = Number(value);
  let text = '';
  for (const [size, digit] of romanDigits) {
    for (; rest >= size; rest -= size) text += digit;
  }
  return text;
}

export function fromRoman(text: string): bigint | undefined {
  let rest = text.toUpperCase();
  let value = 0n;
  for (const [size, digit] of romanDigits) {
    while (rest.startsWith(digit)) {
      value += BigInt(size);
      rest = rest.slice(digit.length);
    }
  }
  return rest === '' && toRoman(value) === text.toUpperCase() ? value : undefined;
}

function scientific(value: Rational): string {
  const text = toExact(value);
  if (text.includes('/')) return forPeople(value);
  const [, minus = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const exponent = whole === '0' ? -(fraction.length - fraction.replace(/^0+/, '').length + 1) : whole.length - 1;
  const tail = digits.slice(1).replace(/0+$/, '');
  return `${minus}${digits[0]}${tail === '' ? '' : `.${tail}`}e${exponent}`;
}

/** The value in that form; refuses what has none (Roman numerals of 0). */
export function inForm(q: Quantity, form: Form): string {
  const { number } = asNumber(q);
  if (!isExact(number)) {
    if (form === 'decimal') return toValue(number);
    if (form === 'scientific') return toApproximate(number).toSignificantDigits(20).toExponential();
    throw new Unsure('invalid', `The result is approximate (${toValue(number)}). Shall I give it as a decimal?`);
  }
  const value = number.exact;
  const whole = (radix: number, name: string) => {
    if (!isInteger(value))
      throw new Unsure(
        'invalid',
        `${forPeople(value)} is not a whole number. Which whole number shall I write in ${name}?`,
      );
    return value.n.toString(radix);
  };
  switch (form) {
    case 'words':
      return numberWords(value) ?? refuse(`${forPeople(value)} has no common name. Shall I give it in digits?`);
    case 'fraction':
      return value.d === 1n ? value.n.toString() : `${value.n}/${value.d}`;
    case 'decimal':
      return toExact(value);
    case 'percent':
      return toExact(value);
    case 'binary':
      return whole(2, 'binary');
    case 'octal':
      return whole(8, 'octal');
    case 'hexadecimal':
      return whole(16, 'hexadecimal').toUpperCase();
    case 'roman':
      return (
        (isInteger(value) ? toRoman(absolute(value.n) === value.n ? value.n : 0n) : undefined) ??
        refuse('Roman numerals go from 1 to 3999. Which number shall I write?')
      );
    case 'scientific':
      return scientific(value);
  }
}

function refuse(question: string): never {
  throw new Unsure('invalid', question);
}
