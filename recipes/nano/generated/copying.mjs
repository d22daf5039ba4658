/** Copying: digits, codes, names and words, out of any place of a message. */
import { someDigits, someLength } from './numbers.mjs';
import { asRequest, conversation, filled } from './wordings.mjs';
import { capitalized, cities, firstNames, fullName, madeUpWord, things } from './words.mjs';

export const name = 'copying';

const verbs = [
  'repeat',
  'copy',
  'write',
  'echo',
  'say',
  'type',
  'give me',
  'write down',
  'return',
  'reproduce',
  'print',
  'tell me',
  'state',
  'note',
];
const digitNouns = [
  ...[
    'number',
    'code',
    'digit string',
    'string',
    'serial number',
    'reference',
    'ticket number',
    'account number',
    'order number',
    'pin',
    'key',
  ],
  ...['part number', 'phone number', 'id', 'locker code', 'case number', 'box number', 'sequence', 'figure', 'token'],
];
const wordNouns = ['word', 'entry', 'text', 'phrase', 'term', 'label', 'line', 'password'];
const nameNouns = ['name', 'full name', 'customer', 'guest', 'person', 'author', 'contact'];

/** Orders with what is copied at the end; what comes after the colon may stand on a line of its own. */
const orders = [
  ...[
    '{verb} this {noun}: {item}',
    '{verb} the {noun} {item}',
    '{verb} the following {noun}: {item}',
    '{verb} {item}',
    '{verb} this: {item}',
  ],
  ...[
    '{verb} this {noun} without changes: {item}',
    '{verb} exactly this {noun}: {item}',
    '{verb} this {noun} again: {item}',
  ],
  ...[
    '{verb} the {noun} after the colon: {item}',
    '{verb} "{item}"',
    '{verb} the {noun} "{item}"',
    '{verb} this {noun}:\n{item}',
  ],
];
/** Messages with it in the middle or at the beginning. */
const statements = [
  ...[
    'The {noun} is {item}. What is the {noun}?',
    'My {noun} is {item}. What is my {noun}?',
    '{item}\n{Verb} the {noun} above.',
  ],
  ...[
    '{item} is the {noun}. {Verb} it.',
    'It says {item} on the {thing}. {Verb} that {noun}.',
    '{item}: {verb} this {noun}.',
  ],
  ...[
    '{person} from {city} sent the {noun} {item} today. {Verb} the {noun}.',
    'I found the {noun} {item} on the {thing}. Which {noun} is it?',
  ],
  ...['Remember the {noun} {item}. Which {noun} did I give you?', '"{item}" is what the {thing} says. {Verb} it.'],
  ...[
    'We keep the {noun} {item} for {person} in {city}. {Verb} this {noun}, nothing else.',
    'Here is a {noun}, {item}, from {person}. {Verb} it back.',
  ],
  ...[
    '{noun}: {item}\n{noun}?',
    'If the {noun} is {item}, which {noun} should I type?',
    'The {thing} in {city} has the {noun} {item}. Read me the {noun}.',
  ],
];

/** What can be copied, and what it is called. */
const kinds = {
  digits: (random, length) => [someDigits(random, length ?? someLength(random)), random.pick(digitNouns)],
  code: (random) => [mixedCode(random), random.pick(digitNouns)],
  name: (random) => [fullName(random), random.pick(nameNouns)],
  word: (random) => [words(random), random.pick(wordNouns)],
};

function mixedCode(random) {
  const letters = Array.from({ length: random.between(1, 4) }, () => String.fromCharCode(65 + random.below(26))).join(
    '',
  );
  const digits = someDigits(random, random.between(1, 6));
  return random.pick([
    `${letters}-${digits}`,
    `${letters}${digits}`,
    `${digits}-${letters}`,
    `${digits}${letters}`,
    `${letters}/${digits}`,
  ]);
}

function words(random) {
  const list = Array.from({ length: random.between(1, 5) }, () =>
    random.chance(0.6) ? madeUpWord(random) : random.pick(things),
  );
  return list.join(random.chance(0.7) ? ' ' : ', ');
}

/** One item in a sentence. */
function single(random, kind, length) {
  const [item, noun] = kinds[kind](random, length);
  const verb = random.pick(verbs);
  const values = {
    item,
    noun,
    verb,
    Verb: capitalized(verb),
    thing: random.pick(things),
    person: random.pick(firstNames),
    city: random.pick(cities),
  };
  const request = random.chance(0.5)
    ? asRequest(random, filled(random.pick(orders), values))
    : filled(random.pick(statements), values);
  return [request.endsWith(`${item}.`) && random.chance(0.7) ? request.slice(0, -1) : request, item];
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Several items, of which one is asked for by its place. */
function among(random, kind, length) {
  const count = random.between(2, 4);
  const [, noun] = kinds[kind](random);
  const items = random.different(count, () => kinds[kind](random, length)[0]);
  const at = random.below(count);
  const place = at === count - 1 && random.chance(0.5) ? 'last' : ordinals[at];
  const joined = items.join(random.pick(['; ', '\n', ' / ', ' | ']));
  const verb = random.pick(verbs);
  const request = random.chance(0.5)
    ? `${joined}\n${asRequest(random, `${verb} the ${place} ${noun}`)}`
    : `${asRequest(random, `${verb} the ${place} ${noun} of these`)}\n${joined}`;
  return [request, items[at]];
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {{ kind?: 'digits' | 'name' | 'word' | 'code', length?: number, turns?: number }} [of] drawn unless told
 */
export function chat(random, { kind, length, turns = random.between(2, 5) } = {}) {
  return {
    messages: conversation(
      Array.from({ length: turns }, () => {
        const chosen = kind ?? random.weighted({ digits: 70, name: 12, word: 10, code: 8 });
        return kind === undefined && random.chance(0.12)
          ? among(random, chosen, length)
          : single(random, chosen, length);
      }),
    ),
  };
}

/** Evaluation: digits by their number, and names. */
export const groups = [
  ...Array.from({ length: 12 }, (_, i) => ({ group: `${i + 1} digits`, of: { kind: 'digits', length: i + 1 } })),
  { group: 'names', of: { kind: 'name' } },
  { group: 'made-up and common words', of: { kind: 'word' } },
];

/** A text in which what was said once is said again. */
export function text(random) {
  const lines = [];
  const count = random.between(3, 8);
  for (let i = 0; i < count; i++) {
    const [item, noun] = kinds[random.weighted({ digits: 6, name: 2, word: 2, code: 2 })](random);
    lines.push(
      random.pick([
        `${capitalized(noun)} ${item}, again: ${item}`,
        `Sent: ${item}. Received: ${item}.`,
        `${item} = ${item}`,
        `${item} ${item}`,
        `The ${noun} is ${item}. Once more: ${item}.`,
        `"${item}" -> "${item}"`,
      ]),
    );
  }
  return lines.join('\n');
}
