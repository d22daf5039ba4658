/**
 * Conversations with tools from the Berkeley Function Calling Leaderboard, without the fifth of its functions that
 * `split.mjs` keeps: a request, and the calls that serve it, or a sentence that says that no tool does.
 *
 *     node recipes/nano/tools.mjs --data DIR [--sample 3] [--seed 1]     examples, and totals per source
 */
import { fileURLToPath } from 'node:url';
import { Random } from './generated/random.mjs';
import { chatBytes } from './questions/chats.mjs';
import { rowReader, trainingFiles } from './rows.mjs';
import { noToolFits } from './sentences.mjs';
import { isHeldOut } from './split.mjs';
import { firstAccepted, readFunction, shortened } from './tools/functions.mjs';

/** UTF-8 bytes of the longest conversation; JSON has more bytes to a token than text. */
const maxBytes = 2900;
/** Above it, descriptions are shortened. */
const roomyBytes = 1400;
const categories = ['simple_python', 'multiple', 'parallel', 'parallel_multiple', 'live_simple', 'irrelevance'];

/** Of requests with one function: how often others stand beside it, and how often they stand in its place. */
const beside = 0.35;
const inItsPlace = 0.12;

/**
 * Every request in as many mixes as there are passes: with other functions beside those that it came with.
 *
 * @param {{ data: string, seed: number, passes?: number }} options
 * @returns {AsyncGenerator<{ source: string, messages: object[], tools: object[] }>}
 */
export async function* toolChats({ data, seed, passes = 3 }) {
  const rows = rowReader(
    data,
    categories.map((category) => trainingFiles[category]),
  );
  const requests = categories.flatMap((category) =>
    rows(trainingFiles[category])
      .filter(({ functions }) => !functions.some(({ name }) => isHeldOut(`bfcl:${name}`)))
      .map((row) => readRequest(category, row)),
  );
  const all = requests.flatMap(({ functions }) => functions);
  for (let pass = 0; pass < passes; pass++) {
    for (const [number, request] of requests.entries()) {
      const random = new Random(`${seed}/${pass}/tools/${number}`);
      const chat = chatOf(request, all, random);
      if (chat !== undefined) yield chat;
    }
  }
}

function readRequest(category, { messages, functions, ground_truth: truth }) {
  const said = messages.map(({ content }) => content).join('\n');
  const read = functions.map(readFunction);
  const calls = truth.map((call) => {
    const [[name, accepted]] = Object.entries(call);
    const { parameters } = read.find((one) => one.name === name) ?? {};
    return { name, arguments: firstAccepted(accepted, parameters?.required ?? [], said) };
  });
  return {
    category,
    messages: messages.map(({ role, content }) => ({ role, content: unquoted(content) })),
    functions: read,
    calls,
  };
}

/** Some requests stand in quotation marks as a whole. */
const unquoted = (text) => text.trim().replace(/^"([^"]*)"$/, '$1');

function chatOf({ category, messages, functions, calls }, all, random) {
  const isAlone = functions.length === 1 && calls.length > 0;
  const words = wordsOf(JSON.stringify([messages, functions.map(({ name, description }) => [name, description])]));
  const unlike = () => {
    const other = random.pick(all);
    const shared = wordsOf(`${other.name} ${other.description}`).filter((word) => words.includes(word));
    return shared.length === 0 ? [other] : [];
  };
  const others = (count) =>
    Array.from({ length: 4 * count }, unlike)
      .flat()
      .filter(({ name }, i, found) => found.findIndex((one) => one.name === name) === i)
      .slice(0, count);

  const isServed = calls.length > 0 && !(isAlone && random.chance(inItsPlace));
  const chosen = isServed || calls.length === 0 ? functions : others(random.between(1, 2));
  if (chosen.length === 0) return undefined;
  const extra = isAlone && isServed && random.chance(beside) ? others(random.between(1, 2)) : [];
  const answer = isServed
    ? { role: 'assistant', content: '', tool_calls: calls.map((call) => ({ type: 'function', function: call })) }
    : { role: 'assistant', content: noToolFits };
  const source = isServed ? category.replaceAll('_', ' ') : 'no tool fits';
  const chat = (list) => ({
    source: `tools: ${source}`,
    messages: [...messages, answer],
    tools: random.shuffled(list).map((one) => ({ type: 'function', function: one })),
  });
  const candidates = [
    { list: [...chosen, ...extra], limit: roomyBytes },
    { list: [...chosen, ...extra].map(shortened), limit: maxBytes },
    { list: chosen.map(shortened), limit: maxBytes },
  ];
  return candidates
    .map(({ list, limit }) => ({ made: chat(list), limit }))
    .find(({ made, limit }) => chatBytes(made) <= limit)?.made;
}

/** Words of four letters and more, those within names too; endings of the plural are cut off. */
function wordsOf(text) {
  const parts =
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{4,}/g) ?? [];
  const empty = [
    'calculate',
    'find',
    'given',
    'from',
    'with',
    'that',
    'this',
    'based',
    'specific',
    'specified',
    'retrieve',
  ];
  return [...new Set(parts.map((word) => word.replace(/s$/, '')))].filter((word) => !empty.includes(word));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { printChats } = await import('./sample.mjs');
  await printChats(toolChats);
}
