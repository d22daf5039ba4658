/** What makes a model look up: tables and tools of random words, of which nothing but what stands there tells the answer. */
import { noToolFits } from '../sentences.mjs';
import { someDigits, someNumber } from './numbers.mjs';
import { Random } from './random.mjs';
import { asRequest, conversation, filled } from './wordings.mjs';

/** How a question of `pairChats` is put, the shortest most often. */
const pairQuestions = [
  ...['{k}', '{k}?', '{k}', '{k}?', 'And {k}?', 'What about {k}?', '{k}: which one?', 'Look up {k}.'],
  ...[
    'Which one belongs to {k}?',
    'What is the word of {k}?',
    'Give me the word for {k}.',
    'What does it say for {k}?',
  ],
];
/** How a pair is written, and what stands between two. */
const pairForms = [
  ['{k} {v}', '\n'],
  ['{k}: {v}', '\n'],
  ['{k} = {v}', '\n'],
  ['{k}: {v}', ', '],
  ['{k} {v}', ' / '],
  ['{k} -> {v}', '\n'],
  ['The word of {k} is {v}.', ' '],
];

/** A chat about a table of pairs, each of which is asked for at least once; `most` questions at most. */
function tableChat(random, pairs, most) {
  const [form, between] = random.pick(pairForms);
  const table = pairs.map((pair) => filled(form, pair)).join(between);
  const turns = random.between(pairs.length, most);
  const asked = [...random.some(pairs, pairs.length)];
  while (asked.length < turns) asked.push(random.pick(pairs));
  const questions = asked.map((pair) => filled(random.pick(pairQuestions), pair));
  questions[0] = `${table}\n${questions[0]}`;
  return conversation(asked.map(({ v }, at) => [questions[at], v]));
}

/**
 * Tables of two to six pairs of random words: a key and its value are a token each, and as in `repetitions` the right place has
 * a large share of attention that is still even over all that came before.
 *
 * @param {{ seed: number, count: number, words: readonly string[] }} options `words`: one token each is best
 * @returns {Generator<{ source: string, messages: object[] }>}
 */
export function* pairChats({ seed, count, words }) {
  for (let i = 0; i < count; i++) {
    const random = new Random(`${seed}/pairs/${i}`);
    const size = random.between(2, 6);
    const drawn = random.different(2 * size, () => random.pick(words));
    const pairs = Array.from({ length: size }, (_, at) => ({ k: drawn[2 * at], v: drawn[2 * at + 1] }));
    yield { source: 'pairs', messages: tableChat(random, pairs, 8) };
  }
}

const someWords = (random, words, count) => Array.from({ length: count }, () => random.pick(words)).join(' ');

/** One to three random words, or digits. */
function somePhrase(random, words, digits) {
  if (random.chance(digits)) return someDigits(random, random.between(1, 6));
  return someWords(random, words, random.weighted({ 1: 4, 2: 4, 3: 2 }));
}

/**
 * The same with two to eight keys and values of one to three words, or of digits: what is found has to be followed to its end,
 * and keys that begin alike have to be told apart.
 *
 * @param {{ seed: number, count: number, words: readonly string[] }} options `words`: one token each is best
 * @returns {Generator<{ source: string, messages: object[] }>}
 */
export function* phraseChats({ seed, count, words }) {
  for (let i = 0; i < count; i++) {
    const random = new Random(`${seed}/phrases/${i}`);
    const size = random.between(2, 8);
    const keys = random.different(size, () => somePhrase(random, words, 0.15));
    const pairs = keys.map((k) => ({ k, v: somePhrase(random, words, 0.4) }));
    yield { source: 'phrases', messages: tableChat(random, pairs, 10) };
  }
}

/** How a tool of `choiceChats` is asked for: what it does, and what it is given. */
const choiceRequests = [
  ...['{d} {a}', '{d} for {a}', '{d}: {a}', 'find the {d} of {a}', 'get the {d} for {a}', 'what is the {d} of {a}'],
  ...['give me the {d} of {a}', 'tell me the {d} for {a}', 'use {a} for the {d}', 'I need the {d}, with {a}'],
];

/** A tool of random words: what it does is said in one or two of them, its name may be others. */
function someTool(random, words, d) {
  const name = random.chance(0.5) ? d : someWords(random, words, random.between(1, 2));
  const parameters = random.different(random.weighted({ 1: 3, 2: 1 }), () => random.pick(words).toLowerCase());
  const types = parameters.map(() => (random.chance(0.5) ? 'number' : 'string'));
  const properties = Object.fromEntries(parameters.map((parameter, i) => [parameter, { type: types[i] }]));
  const description = filled(random.pick(['The {d}.', '{d}.', 'Gets the {d}.', 'Finds the {d} of something.']), { d });
  const schema = {
    name: name.toLowerCase().replaceAll(' ', '_'),
    description,
    parameters: { type: 'object', properties },
  };
  return { d, name: schema.name, parameters, types, tool: { type: 'function', function: schema } };
}

/**
 * One to four tools of random words and two to five requests: the words of a request say which tool is called, and with what. Those
 * of a quarter of them belong to none.
 *
 * @param {{ seed: number, count: number, words: readonly string[] }} options `words`: one token each is best
 * @returns {Generator<{ source: string, messages: object[], tools: object[] }>}
 */
export function* choiceChats({ seed, count, words }) {
  for (let i = 0; i < count; i++) {
    const random = new Random(`${seed}/choices/${i}`);
    const size = random.between(1, 4);
    const does = random.different(size + 2, () => someWords(random, words, random.between(1, 2)));
    const tools = does.slice(0, size).map((d) => someTool(random, words, d));
    const named = tools.filter(({ name }, at) => tools.findIndex((other) => other.name === name) === at);
    const turns = Array.from({ length: random.between(2, 5) }, () => {
      const chosen = random.chance(0.25) ? undefined : random.pick(named);
      const given = (chosen?.types ?? ['string']).map((type) =>
        type === 'number' ? someNumber(random, random.between(1, 5)) : somePhrase(random, words, 0.2),
      );
      const order = filled(random.pick(choiceRequests), {
        d: chosen?.d ?? random.pick(does.slice(size)),
        a: given.join(' and '),
      });
      const answer =
        chosen === undefined
          ? { role: 'assistant', content: noToolFits }
          : { role: 'assistant', content: '', tool_calls: [callOf(chosen, given)] };
      return [{ role: 'user', content: asRequest(random, order) }, answer];
    });
    yield { source: 'choices', messages: turns.flat(), tools: named.map(({ tool }) => tool) };
  }
}

const callOf = ({ name, parameters }, given) => ({
  type: 'function',
  function: { name, arguments: Object.fromEntries(parameters.map((parameter, i) => [parameter, given[i]])) },
});
