/** Key-value recall: two to twenty pairs in a message or a document, and questions about some of them. */
import { notInDocuments } from '../sentences.mjs';
import { someDigits, someNumber } from './numbers.mjs';
import { conversation, filled } from './wordings.mjs';
import {
  animals,
  capitalized,
  cities,
  colours,
  firstNames,
  foods,
  fullName,
  jobs,
  madeUpWord,
  surnames,
  things,
} from './words.mjs';

export const name = 'recall';

/** What the keys are: how they are made, what one of them is called. */
const keyKinds = {
  person: { noun: 'person', make: (random) => random.pick(firstNames) },
  surname: { noun: 'member', make: (random) => random.pick(surnames) },
  fullName: { noun: 'guest', make: fullName },
  city: { noun: 'city', make: (random) => random.pick(cities) },
  thing: { noun: 'item', make: (random) => random.pick(things) },
  animal: { noun: 'animal', make: (random) => random.pick(animals) },
  food: { noun: 'product', make: (random) => random.pick(foods) },
  madeUp: { noun: 'word', make: madeUpWord },
  letter: { noun: 'letter', make: (random) => String.fromCharCode(65 + random.below(26)) },
  code: {
    noun: 'code',
    make: (random) => `${String.fromCharCode(65 + random.below(26))}${someDigits(random, random.between(1, 3))}`,
  },
  number: { noun: 'number', make: (random) => String(someNumber(random, random.between(1, 4))) },
};
/** What the values are, by the names of the relation. */
const valueKinds = {
  number: {
    nouns: ['number', 'score', 'price', 'count', 'weight', 'size'],
    make: (random) => String(someNumber(random, random.between(1, 5))),
  },
  digits: {
    nouns: ['code', 'phone number', 'pin', 'account', 'ticket'],
    make: (random) => someDigits(random, random.between(3, 9)),
  },
  city: { nouns: ['city', 'home', 'office', 'destination'], make: (random) => random.pick(cities) },
  colour: { nouns: ['colour', 'flag', 'team', 'label'], make: (random) => random.pick(colours) },
  animal: { nouns: ['animal', 'pet', 'mascot', 'symbol'], make: (random) => random.pick(animals) },
  food: { nouns: ['food', 'dish', 'order', 'snack'], make: (random) => random.pick(foods) },
  job: { nouns: ['job', 'role', 'task'], make: (random) => random.pick(jobs) },
  thing: { nouns: ['gift', 'prize', 'tool', 'object'], make: (random) => random.pick(things) },
  name: { nouns: ['owner', 'contact', 'manager', 'guide'], make: fullName },
  madeUp: { nouns: ['password', 'translation', 'alias', 'nickname'], make: madeUpWord },
};

/** How pairs are written: one pair, and what stands between two. */
const forms = [
  ...[
    ['{k}: {v}', '\n'],
    ['{k} = {v}', '\n'],
    ['{k} - {v}', '\n'],
    ['- {k}: {v}', '\n'],
    ['{k} -> {v}', '\n'],
    ['| {k} | {v} |', '\n'],
    ['{k}\t{v}', '\n'],
  ],
  ...[
    ['{k}: {v}', ', '],
    ['{k}={v}', '; '],
    ['{k}: {v}', '; '],
    ['{k} ({v})', ', '],
    ['{k} has {v}', ', '],
    ['{k} {v}', ' / '],
  ],
  ...[
    ['The {r} of {k} is {v}.', ' '],
    ['{k} has the {r} {v}.', ' '],
    ['For {k} the {r} is {v}.', ' '],
    ["{k}'s {r}: {v}.", ' '],
    ['{v} is the {r} of {k}.', ' '],
  ],
];

const questions = [
  ...[
    'What is the {r} of {k}?',
    "What is {k}'s {r}?",
    'Which {r} does {k} have?',
    'Give me the {r} of {k}.',
    '{k}?',
    'And {k}?',
    'Look up {k}.',
  ],
  ...[
    'Which {r} belongs to {k}?',
    'Tell me the {r} for {k}.',
    'Find the {r} of {k}',
    'I need the {r} of {k}.',
    '{r} of {k}?',
    'What does it say for {k}?',
  ],
  ...[
    'Please give the {r} for {k}.',
    'What about {k}?',
    'Do you have the {r} of {k}?',
    'Can you find {k}?',
    '{k}: which {r}?',
  ],
];
const reverseQuestions = [
  ...[
    'Which {n} has the {r} {v}?',
    'The {r} {v} belongs to which {n}?',
    'Find the {n} with the {r} {v}.',
    'Which {n} goes with {v}?',
  ],
  ...['{v} is the {r} of which {n}?', 'Give me the {n} whose {r} is {v}.'],
];
const headings = [
  '',
  '',
  'Here is a list.',
  'List:',
  'Notes:',
  'Remember these.',
  'Use this table.',
  'The {r} of each {n}:',
  '{n} and {r}',
  'Read this first.',
];
const titles = ['Notes', 'List', 'Table', 'Register', 'Directory', 'Record', 'Overview', 'Index', 'Log'];

/**
 * A table of pairs; values are all different where they can be asked back.
 *
 * @returns {{ pairs: [string, string][], relation: string, keyNoun: string, unique: boolean, listing: string, missing: string }}
 */
function table(random, count) {
  const keyName =
    count > 12
      ? random.pick(['person', 'surname', 'fullName', 'city', 'thing', 'animal', 'food', 'madeUp', 'letter', 'code'])
      : random.pick(Object.keys(keyKinds));
  const others = Object.keys(valueKinds).filter((value) => value !== keyName);
  const valueName = random.weighted(
    Object.fromEntries(others.map((other) => [other, other === 'digits' || other === 'number' ? 2.5 : 1])),
  );
  const { noun: keyNoun, make: makeKey } = keyKinds[keyName];
  const { nouns, make } = valueKinds[valueName];
  // One key more than pairs: to ask for what is not there.
  const [missing, ...keys] = random.different(count + 1, () => makeKey(random));
  const values = keys.map(() => make(random));
  const relation = random.pick(nouns);
  const pairs = keys.map((key, i) => [key, values[i]]);
  const [form, between] = random.pick(forms);
  const listing = random.chance(0.08)
    ? JSON.stringify(Object.fromEntries(pairs.map(([k, v]) => [`${k}`, v])))
    : pairs.map(([k, v]) => filled(form, { k, v, r: relation })).join(between);
  return { pairs, relation, keyNoun, unique: new Set(values).size === values.length, listing, missing };
}

function question(random, { relation, keyNoun, unique }, [k, v], plain = false) {
  const reverse = unique && !plain && random.chance(0.15);
  const text = random.pick(reverse ? reverseQuestions : plain ? questions.slice(0, 4) : questions);
  const asked = filled(text, { k, v, r: relation, n: keyNoun });
  return [capitalized(asked), reverse ? k : v];
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {{ pairs?: number, turns?: number, inDocument?: boolean, answerable?: boolean }} [of] drawn unless told
 */
export function chat(random, of = {}) {
  // Small tables are quick to read, large ones teach more a token: both often.
  const count = of.pairs ?? Math.min(random.between(2, 20), random.between(2, 20));
  const made = table(random, count);
  const inDocument = of.inDocument ?? random.chance(0.4);
  if (inDocument) {
    const title = random.chance(0.5)
      ? { title: `${random.pick(titles)} ${random.pick(['', capitalized(made.relation)])}`.trim() }
      : {};
    const documents = [{ ...title, text: made.listing }];
    const turn = () => {
      const known = of.answerable ?? random.chance(0.85);
      return known ? question(random, made, random.pick(made.pairs)) : absent(random, made);
    };
    return { messages: conversation(Array.from({ length: of.turns ?? 1 }, turn)), documents };
  }
  const turns = Math.min(count, of.turns ?? random.between(1, 5));
  const asked = random.some(made.pairs, turns).map((pair) => question(random, made, pair));
  const heading = capitalized(filled(random.pick(headings), { r: made.relation, n: made.keyNoun }));
  const parts = random.chance(0.8) ? [heading, made.listing, asked[0][0]] : [asked[0][0], heading, made.listing];
  asked[0] = [parts.filter((part) => part !== '').join('\n'), asked[0][1]];
  return { messages: conversation(asked) };
}

/** A question for a key that is not in the document. */
function absent(random, made) {
  const [text] = question(random, made, [made.missing, ''], true);
  return [text, notInDocuments];
}

const sizes = [
  ...[
    [2, 3],
    [4, 6],
    [7, 10],
    [11, 15],
    [16, 20],
  ],
];

/** Evaluation: by the number of pairs, in a message; then documents, with and without the answer. */
export const groups = [
  ...sizes.map(([first, last]) => ({
    group: `${first}-${last} pairs`,
    of: (random) => ({ pairs: random.between(first, last), turns: 1, inDocument: false }),
  })),
  { group: 'in a document', of: (random) => ({ pairs: random.between(2, 20), inDocument: true, answerable: true }) },
  {
    group: 'not in the document',
    of: (random) => ({ pairs: random.between(2, 20), inDocument: true, answerable: false }),
  },
];

/** A table, and below it some of its lines once more. */
export function text(random) {
  const { pairs, relation, listing } = table(random, random.between(3, 14));
  const form = random.pick(['The {r} of {k} is {v}.', '{k}: {v}', "{k}'s {r} is {v}.", '{k} has the {r} {v}.']);
  const again = random.some(pairs, Math.min(pairs.length, random.between(2, 8)));
  return `${listing}\n\n${again.map(([k, v]) => filled(form, { k, v, r: relation })).join('\n')}`;
}
