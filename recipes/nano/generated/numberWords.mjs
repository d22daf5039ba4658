/** Numbers of up to twelve digits between digits and English words, both ways. */
import { numberToWords, someLength, someNumber, someWordStyle, withCommas } from './numbers.mjs';
import { asRequest, conversation, filled } from './wordings.mjs';

export const name = 'number words';

const toWords = [
  ...[
    'write {n} in words',
    'spell out {n}',
    'spell out the number {n}',
    'put {n} into words',
    'write the number {n} in words',
    'write {n} as words',
  ],
  ...[
    'turn {n} into words',
    'say {n} in words',
    'convert {n} to words',
    'express {n} in words',
    'give {n} in English words',
    'change {n} to words',
  ],
  ...[
    'read {n} aloud',
    'write out {n} in full',
    'write {n} the long way',
    'name the number {n}',
    'convert the figure {n} to English',
  ],
];
const toWordsQuestions = [
  ...[
    '{n} in words?',
    'How do you write {n} in words?',
    'How is {n} spelled out?',
    '{n} = ? (words)',
    'What does {n} look like in words?',
    '{n} as words:',
  ],
  ...[
    'How would I say {n}?',
    'The cheque is for {n}. Which words go on it?',
    'Which number word is {n}?',
    'Digits: {n}\nWords:',
    '{n}\nIn words, please.',
  ],
];
const toDigits = [
  ...[
    'write {n} in digits',
    'write {n} as a number',
    'put {n} into digits',
    'turn {n} into digits',
    'convert {n} to digits',
    'write {n} with digits',
  ],
  ...[
    'give {n} in figures',
    'write {n} in figures',
    'express {n} in digits',
    'change {n} to a number',
    'type {n} in numerals',
    'convert to digits: {n}',
  ],
  ...[
    'write this number in digits: {n}',
    'give me the digits of {n}',
    'write the number {n} in figures',
    'note {n} in digits',
  ],
];
const toDigitsQuestions = [
  ...[
    '{n} in digits?',
    'How do you write {n} in digits?',
    '{n} = ? (digits)',
    'What does {n} look like in digits?',
    '{n} as a number:',
    'Which number is {n}?',
  ],
  ...[
    'I heard {n}. Which digits are those?',
    'Words: {n}\nDigits:',
    '{n}\nIn digits, please.',
    'The letter says {n}. Which digits do I type?',
  ],
];
const withSeparators = [
  ...[
    'write {n} in digits with commas',
    'turn {n} into digits, with commas',
    'write {n} in figures with thousands separators',
  ],
  ...['convert {n} to digits and put commas between thousands', 'give {n} as a number with commas'],
];

function request(random, orders, questions, n) {
  return random.chance(0.6)
    ? asRequest(random, filled(random.pick(orders), { n }))
    : filled(random.pick(questions), { n });
}

/** One number, one way. */
export function turn(random, direction, length) {
  const value = someNumber(random, length);
  if (direction === 'to words') {
    const digits = length > 3 && random.chance(0.25) ? withCommas(value) : String(value);
    return [request(random, toWords, toWordsQuestions, digits), numberToWords(value)];
  }
  const words = numberToWords(value, someWordStyle(random));
  if (direction === 'to digits with commas')
    return [asRequest(random, filled(random.pick(withSeparators), { n: words })), withCommas(value)];
  return [request(random, toDigits, toDigitsQuestions, words), String(value)];
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {{ direction?: 'to words' | 'to digits', length?: number, turns?: number }} [of] drawn unless told
 */
export function chat(random, { direction, length, turns = random.between(2, 4) } = {}) {
  return {
    messages: conversation(
      Array.from({ length: turns }, () =>
        turn(
          random,
          direction ?? random.weighted({ 'to words': 46, 'to digits': 48, 'to digits with commas': 6 }),
          length ?? someLength(random),
        ),
      ),
    ),
  };
}

/** Evaluation: both ways, by the number of digits. */
export const groups = ['to words', 'to digits'].flatMap((direction) =>
  Array.from({ length: 12 }, (_, i) => ({ group: `${direction}, ${i + 1} digits`, of: { direction, length: i + 1 } })),
);

/** A list of numbers, each beside its words. */
export function text(random) {
  const form = random.pick([
    '{d}: {w}',
    '{w} ({d})',
    '{d} = {w}',
    '{w}: {d}',
    '{d} is written {w}.',
    '{w} is {d} in digits.',
  ]);
  const from = someLength(random);
  // Neighbours now and then: counting shows how the places carry.
  const counts = random.chance(0.3);
  const start = someNumber(random, Math.min(from, 9));
  const lines = Array.from({ length: random.between(3, 7) }, (_, i) => {
    const value = counts ? start + i : someNumber(random, someLength(random));
    return filled(form, { d: random.chance(0.15) ? withCommas(value) : value, w: numberToWords(value) });
  });
  return lines.join('\n');
}
