/**
 * The generated share of the training mixture: copying, recall, number words, calls of tools, and requests that no tool fits.
 * The same seed gives the same chats; a chat depends on the seed and its place alone.
 *
 *     node recipes/nano/generated/index.mjs [--sample 5] [--seed 1] [--count 20000]     examples, and totals per task
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { served, unserved } from './calls.mjs';
import * as copying from './copying.mjs';
import * as numberWords from './numberWords.mjs';
import { Random } from './random.mjs';
import * as recall from './recall.mjs';
import { holdsReserved, isReserved, longNumbers, requestsOf } from './reserved.mjs';

/** Tasks, with their shares of the chats. Chats with tools are some three times as long as the others. */
export const tasks = [
  { task: copying, weight: 28 },
  { task: recall, weight: 24 },
  { task: numberWords, weight: 28 },
  { task: served, weight: 15 },
  { task: unserved, weight: 5 },
];
const byName = Object.fromEntries(tasks.map(({ task }) => [task.name, task]));
const shares = Object.fromEntries(tasks.map(({ task, weight }) => [task.name, weight]));

/**
 * Chats of all tasks, mixed.
 *
 * @param {{
 *   seed: number | string, count?: number, weights?: Record<string, number>, of?: Record<string, (random: Random) => object>
 * }} options without `count` there is no end; `weights`: shares of tasks by name; `of`: what a task's chats are like
 * @returns {Generator<{ source: string, messages: object[], tools?: object[], documents?: object[] }>}
 */
export function* generatedChats({ seed, count = Number.POSITIVE_INFINITY, weights = shares, of = {} }) {
  yield* trainingChats(`${seed}/chat`, count, (random) => {
    const name = random.weighted(weights);
    return { source: name, ...byName[name].chat(random, of[name]?.(random)) };
  });
}

/**
 * Chats that hold nothing that is kept for evaluation.
 *
 * @template T
 * @param {string} path what is drawn, with its seed
 * @param {number} count
 * @param {(random: Random) => T} make
 * @returns {Generator<T>}
 */
export function* trainingChats(path, count, make) {
  for (let i = 0; i < count; i++) {
    yield untilAccepted(
      (attempt) => make(new Random(`${path}/${i}/${attempt}`)),
      (chat) => !holdsReserved(chat),
    );
  }
}

/**
 * Plain texts of the same things, of which everything is learned.
 *
 * @param {{ seed: number, count?: number }} options
 * @returns {Generator<{ source: string, text: string }>}
 */
export function* generatedTexts({ seed, count = Number.POSITIVE_INFINITY }) {
  const writers = [copying, recall, numberWords];
  for (let i = 0; i < count; i++) {
    yield untilAccepted(
      (attempt) => {
        const random = new Random(`${seed}/text/${i}/${attempt}`);
        const writer = random.pick(writers);
        return { source: `${writer.name} text`, text: writer.text(random) };
      },
      ({ text }) => !longNumbers(text).some((digits) => isReserved(`number:${digits}`)),
    );
  }
}

/**
 * Items that are in no training chat: one request each, with the answer that is right.
 *
 * @param {{ seed: number, perGroup: number }} options
 * @returns {Generator<{ task: string, group: string, chat: object, answer: object }>} `chat` ends with the user's turn;
 *   `answer` is the assistant's message
 */
export function* evaluationItems({ seed, perGroup }) {
  for (const { task } of tasks) {
    for (const { group, of } of task.groups) {
      for (let i = 0; i < perGroup; i++) {
        const { messages, ...rest } = untilAccepted(
          (attempt) => {
            const random = new Random(`${seed}/evaluation/${task.name}/${group}/${i}/${attempt}`, { reserved: true });
            const options = typeof of === 'function' ? of(random) : of;
            return task.chat(random, { ...options, turns: 1 });
          },
          (chat) => requestsOf(chat).every(isReserved),
        );
        yield { task: task.name, group, chat: { ...rest, messages: messages.slice(0, -1) }, answer: messages.at(-1) };
      }
    }
  }
}

function untilAccepted(make, accepts) {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const made = make(attempt);
    if (accepts(made)) return made;
  }
  throw new RangeError('expected a chat on its side of the reserved items in 2,000 attempts');
}

/** One chat in a few lines. */
function shown({ messages, tools = [], documents = [] }) {
  const lines = [
    ...tools.map(({ function: one }) => `  tool      ${JSON.stringify(one)}`),
    ...documents.map((one) => `  document  ${JSON.stringify(one)}`),
    ...messages.map(
      ({ role, content, tool_calls: calls = [] }) =>
        `  ${role.padEnd(9)} ${JSON.stringify(content)}${calls.map((call) => ` ${JSON.stringify(call.function)}`).join('')}`,
    ),
  ];
  return lines.join('\n');
}

/** Prints examples and totals of what the generators make, as the command line asks. */
export function printSamples(...generators) {
  const { values } = parseArgs({
    options: {
      sample: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20000' },
    },
  });
  const [sample, seed, count] = [values.sample, values.seed, values.count].map(Number);
  const totals = {};
  for (const [i, generate] of generators.entries()) {
    for (const { source, ...made } of generate({ seed, count: i === 0 ? count : Math.ceil(count / 10) })) {
      totals[source] ??= { documents: 0, bytes: 0 };
      totals[source].documents++;
      totals[source].bytes += made.text?.length ?? JSON.stringify(made).length;
      if (totals[source].documents <= sample)
        console.log(`${source}\n${made.text?.replaceAll(/^/gm, '  ') ?? shown(made)}\n`);
    }
  }
  for (const total of Object.values(totals)) total.mean = Math.round(total.bytes / total.documents);
  console.table(totals);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printSamples(generatedChats, generatedTexts);
