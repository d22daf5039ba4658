/** Numbers of up to twelve digits, as digits and in English words. */
import { onSide } from './reserved.mjs';

const small = [
  ...[
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
  ],
  ...['fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const scales = ['', 'thousand', 'million', 'billion'];

/** Both ways to write each of: "and", the hyphen, a comma after a scale. The first of each is how answers are written. */
const plainStyle = { and: true, hyphen: true, comma: false };

/**
 * A number in words: "one million one hundred and five thousand and twenty-one".
 *
 * @param {number} value 0 … 999,999,999,999
 * @param {{ and?: boolean, hyphen?: boolean, comma?: boolean }} [style]
 */
export function numberToWords(value, style = {}) {
  const { and, hyphen, comma } = { ...plainStyle, ...style };
  if (!Number.isInteger(value) || value < 0 || value >= 1e12)
    throw new RangeError(`expected 0 … 10^12 - 1, got ${value}`);
  if (value === 0) return small[0];
  const belowHundred = (n) => {
    if (n < 20) return small[n];
    return n % 10 === 0 ? tens[n / 10] : `${tens[Math.floor(n / 10)]}${hyphen ? '-' : ' '}${small[n % 10]}`;
  };
  const belowThousand = (n) => {
    if (n < 100) return belowHundred(n);
    const hundreds = `${small[Math.floor(n / 100)]} hundred`;
    return n % 100 === 0 ? hundreds : `${hundreds}${and ? ' and ' : ' '}${belowHundred(n % 100)}`;
  };
  const parts = [];
  for (let scale = 3; scale >= 1; scale--) {
    const group = Math.floor(value / 1000 ** scale) % 1000;
    if (group > 0) parts.push(`${belowThousand(group)} ${scales[scale]}`);
  }
  const head = parts.join(comma ? ', ' : ' ');
  const last = value % 1000;
  if (head === '' || last === 0) return head === '' ? belowThousand(last) : head;
  if (last < 100 && and) return `${head} and ${belowHundred(last)}`;
  return `${head}${comma ? ', ' : ' '}${belowThousand(last)}`;
}

/** Digits in groups of three: 1,204,500. */
export function withCommas(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** How a user may write numbers in words; each style with all its numbers. */
export function someWordStyle(random) {
  return { and: random.chance(0.7), hyphen: random.chance(0.75), comma: random.chance(0.25) };
}

/**
 * Lengths 1 … last, the longer ones more often: a digit at place k is in numbers of k digits or more alone, and late
 * places have to be seen as well as early ones.
 */
export function someLength(random, last = 12) {
  return random.chance(0.5) ? random.between(1, last) : Math.max(random.between(1, last), random.between(1, last));
}

/** `length` digits as text, the first of which may be 0. */
export function someDigits(random, length) {
  const make = () => Array.from({ length }, () => random.below(10)).join('');
  return length < 3 ? make() : onSide(random, 'number', make);
}

/**
 * A number of `length` digits. A third of the long ones have groups, or digits, of zeros, which words say nothing of.
 *
 * @returns {number}
 */
export function someNumber(random, length) {
  const make = () => {
    const digits = Array.from({ length }, (_, i) => (i === 0 && length > 1 ? random.between(1, 9) : random.below(10)));
    if (length >= 3 && random.chance(0.35)) {
      for (let i = 1; i < length; i++) {
        // Places are counted from the end, in groups of three.
        const place = length - i;
        if (place % 3 === 0 && random.chance(0.4)) {
          for (let j = i; j < i + 3; j++) digits[j] = 0;
          i += 2;
        } else if (random.chance(0.3)) {
          digits[i] = 0;
        }
      }
    }
    return Number(digits.join(''));
  };
  return length < 3 ? make() : onSide(random, 'number', make);
}
