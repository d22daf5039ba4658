/** Examples of a task out of JSON lines, as ids with targets. */
import { JambalayaError } from '../../errors/index.js';
import type { Tokenizer } from '../../tokenizers/index.js';
import type { TaskBatch } from './heads.js';

export const taskKinds = ['classify', 'span'] as const;
export type TaskKind = (typeof taskKinds)[number];

export interface Example {
  readonly ids: readonly number[];
  readonly tokenTypes: readonly number[];
  readonly target: readonly number[];
}

export interface ExampleSet {
  readonly examples: readonly Example[];
  /** Rows that are no example for this model: an answer that is cut off, or that begins within a word. */
  readonly skipped: number;
}

interface Row {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly fail: (expected: string) => never;
}

export function parseRows(text: string, file: string): Row[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const fail = (expected: string): never => {
      throw new JambalayaError('format', {
        file,
        line: i + 1,
        expected,
        found: line.length > 80 ? `${line.slice(0, 80)}…` : line,
      });
    };
    try {
      const fields: unknown = JSON.parse(line);
      if (typeof fields === 'object' && fields !== null) return [{ fields: fields as Row['fields'], fail }];
    } catch {
      return fail('a JSON object');
    }
    return fail('a JSON object');
  });
}

/** The labels that rows have, in the order of the alphabet. */
export function labelsOf(rows: readonly Row[]): string[] {
  const labels = new Set(
    rows.map(({ fields: { label }, fail }) =>
      typeof label === 'string' || typeof label === 'number' ? String(label) : fail('a "label"'),
    ),
  );
  return [...labels].sort();
}

/** Rows `{ text, label }`; longer texts are cut. */
export function classExamples(
  rows: readonly Row[],
  labels: readonly string[],
  tokenizer: Tokenizer,
  most: number,
): ExampleSet {
  const examples = rows.map(({ fields: { text, label }, fail }) => {
    if (typeof text !== 'string') return fail('a "text"');
    const target = labels.indexOf(String(label));
    if (target < 0) return fail(`a label among ${labels.join(', ')}`);
    const ids = tokenizer.encode(text, { addSpecialTokens: true, parseSpecial: false });
    const kept = ids.length > most ? [...ids.slice(0, most - 1), ids[ids.length - 1]!] : ids;
    return { ids: kept, tokenTypes: kept.map(() => 0), target: [target] };
  });
  return { examples, skipped: 0 };
}

/** Rows `{ question, context, answer, start }`, `start` being where the answer stands in the context, in UTF-16 units. */
export function spanExamples(rows: readonly Row[], tokenizer: Tokenizer, most: number): ExampleSet {
  const encode = (text: string) => tokenizer.encode(text, { parseSpecial: false });
  const [first, last] = surroundings(tokenizer);
  let skipped = 0;
  const examples = rows.flatMap(({ fields: { question, context, answer, start }, fail }) => {
    if (typeof question !== 'string' || typeof context !== 'string' || typeof answer !== 'string')
      return fail('a "question", a "context" and an "answer"');
    const at = typeof start === 'number' ? start : context.indexOf(answer);
    if (at < 0 || answer === '' || context.slice(at, at + answer.length) !== answer)
      return fail('an "answer" that stands in the context at "start"');
    const parts = [context.slice(0, at), answer, context.slice(at + answer.length)].map(encode);
    const whole = encode(context);
    const head = [first, ...encode(question), last];
    const from = head.length + parts[0]!.length;
    const to = from + parts[1]!.length - 1;
    const isSame = parts.flat().length === whole.length && parts.flat().every((id, i) => id === whole[i]);
    if (!isSame || parts[1]!.length === 0 || to > most - 2) {
      skipped++;
      return [];
    }
    const ids = [...head, ...whole.slice(0, most - 1 - head.length), last];
    return [{ ids, tokenTypes: ids.map((_, i) => (i < head.length ? 0 : 1)), target: [from, to] }];
  });
  return { examples, skipped };
}

/** The tokens before and after a text: [CLS] and [SEP]. */
function surroundings(tokenizer: Tokenizer): [number, number] {
  const [first, last] = tokenizer.encode('', { addSpecialTokens: true });
  if (first !== undefined && last !== undefined) return [first, last];
  throw new JambalayaError('tokenizer', { file: tokenizer.name, reason: 'it puts no special tokens around a text' });
}

export function taskBatch(examples: readonly Example[]): TaskBatch {
  const lengths = examples.map(({ ids }) => ids.length);
  const offsets = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i]! + length;
  return {
    ids: Int32Array.from(examples.flatMap(({ ids }) => ids)),
    tokenTypes: Int32Array.from(examples.flatMap(({ tokenTypes }) => tokenTypes)),
    labels: new Int32Array(offsets[lengths.length]!).fill(-100),
    lengths,
    offsets,
    countedLabels: examples.length,
    bytes: 0,
    targets: examples.map(({ target }) => target),
  };
}
