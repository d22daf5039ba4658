/**
 * How many digits a number has decides which word is said first: "ninety-five million" for 95738839, "nine million" for 9573883.
 * In the words of a number that is one word of twenty; here it is most of the answer.
 */
import { numberToWords, someNumber, withCommas } from './numbers.mjs';
import { asRequest, filled } from './wordings.mjs';

const commas = [
  ...['put commas into {n}', 'write {n} with commas', 'write {n} with thousands separators', 'group the digits of {n}'],
  ...['set the commas in {n}', 'break {n} into groups of three digits'],
];
const counts = [
  'count the digits of {n}',
  'tell me how many digits {n} has',
  'say how long the number {n} is, in digits',
];
const begins = [
  ...['say how the words of {n} begin', 'give the first group of {n} in words', 'read me the beginning of {n}'],
  'name the highest group of {n}',
];

/** The words of a number up to its first scale: "ninety-five million". */
function beginningInWords(value) {
  const group = 1000 ** Math.floor((String(value).length - 1) / 3);
  return numberToWords(value - (value % group));
}

const kinds = {
  commas: { orders: commas, answer: withCommas },
  count: { orders: counts, answer: (value) => String(String(value).length) },
  beginning: { orders: begins, answer: beginningInWords },
};

/** One question about the length of a number of 1 … 12 digits, with its answer. */
export function placesTurn(random) {
  const { orders, answer } = kinds[random.weighted({ commas: 3, count: 1, beginning: 4 })];
  const value = someNumber(random, random.between(1, 12));
  return [asRequest(random, filled(random.pick(orders), { n: value })), answer(value)];
}
