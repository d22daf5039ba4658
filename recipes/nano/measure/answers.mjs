/** Answers of a model to requests whose right answer is known: asked many at once, greedily, and compared exactly. */
import { isDeepStrictEqual } from 'node:util';

/** @typedef {{ role: string, content?: string | null, tool_calls?: { function: { name: string, arguments: object } }[] }} Message */
/** @typedef {{ task: string, group: string, chat: { messages: Message[], tools?: object[], documents?: object[] }, answer: Message }} Item */

/** Tokens that an answer may have beyond those of the right one: enough to see that it goes on. */
const spareTokens = 16;

/**
 * @param {import('jambalaya').LanguageModel} model
 * @param {readonly Item[]} items
 * @param {{ together?: number, maxTokens?: number, onAnswer?: (done: number) => void }} [options] `together`: sequences at
 *   once; `maxTokens` of an answer: a few more than the right one has, unless told
 * @returns {Promise<(Item & { given: string, right: boolean })[]>}
 */
export async function answerItems(model, items, { together = 16, maxTokens, onAnswer } = {}) {
  const eom = await model.tokenize('<|eom|>', { addSpecialTokens: false, parseSpecial: true });
  if (eom.length !== 1) throw new RangeError(`expected one token for <|eom|>, found ${eom.length}`);
  const results = new Array(items.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next++;
      const given = await answerOne(model, items[at], eom[0], maxTokens);
      results[at] = { ...items[at], given, right: isRight(items[at].answer, given) };
      onAnswer?.(++done);
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  return results;
}

async function answerOne(model, { chat, answer }, eom, most) {
  const { messages, ...rest } = chat;
  const prompt = await model.chatIds(messages, rest);
  const expected = await model.tokenize(writtenAnswer(answer), { addSpecialTokens: false });
  const maxTokens = most ?? expected.length + spareTokens;
  const ids = [];
  for await (const part of model.generate({ prompt, maxTokens, temperature: 0 })) {
    if (part.type !== 'token') continue;
    // The end of a turn ends the answer, also of a checkpoint whose generation_config.json does not say so.
    if (part.id === eom) break;
    ids.push(part.id);
  }
  return (await model.detokenize(ids, { skipSpecialTokens: false })).trim();
}

/** An answer as the chat template writes it. */
export function writtenAnswer({ content, tool_calls: calls }) {
  if (calls === undefined) return content ?? '';
  const lines = calls.map(
    ({ function: { name, arguments: given } }) => `\n    ${spacedJson({ name, arguments: given })}`,
  );
  return `${content ?? ''}<tool_calls>[${lines.join(',')}\n]</tool_calls>`;
}

/** JSON with a space after each colon and comma, as templates write it. */
function spacedJson(value) {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spacedJson(item)}`);
  return `{${fields.join(', ')}}`;
}

/**
 * The calls that an answer consists of; undefined where it is anything else.
 *
 * @param {string} text
 * @returns {{ name: string, arguments: object }[] | undefined}
 */
export function callsOf(text) {
  const match = /^<tool_calls>(.*)<\/tool_calls>$/s.exec(text.trim());
  if (match === null) return undefined;
  try {
    const calls = JSON.parse(match[1]);
    return Array.isArray(calls) ? calls : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an answer is the right one: the same characters, or the same calls with equal arguments. */
export function isRight({ content, tool_calls: calls }, given) {
  if (calls === undefined) return given.trim() === content;
  return isDeepStrictEqual(
    callsOf(given),
    calls.map(({ function: { name, arguments: values } }) => ({ name, arguments: values })),
  );
}

/**
 * Right answers by task and group.
 *
 * @param {readonly { task: string, group: string, right: boolean }[]} answered
 * @returns {Record<string, Record<string, { right: number, of: number }>>}
 */
export function countRight(answered) {
  const counts = {};
  for (const { task, group, right } of answered) {
    counts[task] ??= {};
    counts[task][group] ??= { right: 0, of: 0 };
    counts[task][group].of++;
    if (right) counts[task][group].right++;
  }
  return counts;
}

/** The first answers of each task, right or wrong, as they came. */
export function firstSamples(answered, count) {
  const seen = {};
  const samples = [];
  for (const { task, group, chat, answer, given, right } of answered) {
    // One of a group, so that samples are of all lengths.
    if (seen[`${task}/${group}`] || (seen[task] ?? 0) >= count) continue;
    seen[`${task}/${group}`] = true;
    seen[task] = (seen[task] ?? 0) + 1;
    const { content } = chat.messages.at(-1);
    const tools = chat.tools?.map(({ function: { name } }) => name);
    const documents = chat.documents?.map(({ text }) => text);
    samples.push({
      task,
      group,
      request: content,
      ...(tools && { tools }),
      ...(documents && { documents }),
      expected: writtenAnswer(answer),
      given,
      right,
    });
  }
  return samples;
}
