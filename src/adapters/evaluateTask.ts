/** How well a model, with an adapter or without, says what the rows of a task want. */
import { JambalayaError } from '../errors/index.js';
import { Random } from '../training/index.js';
import type { Adapter } from './adapter.js';
import { answerAll } from './answering.js';
import type { Base } from './base.js';
import { endInLines, promptIds, type TaskRow } from './rows.js';
import { isExact, wordF1 } from './scores.js';
import { shuffle } from './taskStream.js';

export interface EvaluateTaskOptions {
  readonly adapter?: Adapter | undefined;
  /** Rows to show before each prompt. */
  readonly examples?: readonly TaskRow[] | undefined;
  /** How many of them, drawn once; all unless told. */
  readonly shots?: number | undefined;
  readonly seed?: number | undefined;
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRow?: ((row: AnsweredRow, done: number, total: number) => void) | undefined;
}

export interface AnsweredRow {
  readonly index: number;
  readonly answer: string;
  readonly wanted: string;
}

export interface TaskScore {
  readonly count: number;
  /** Share of answers that are what was wanted, both trimmed. */
  readonly exactMatch: number;
  /** Mean F1 of their words. */
  readonly f1: number;
}

/** Tokens that an answer may be longer than the longest one wanted. */
const spareTokens = 16;

/**
 * Greedy answers to raw prompts, without a chat template. An answer ends at an end token, or at the first line end if every
 * completion ends in one.
 *
 * @throws `limit` for a prompt that leaves no room for its answer; `aborted`
 */
export async function evaluateTask(
  base: Base,
  rows: readonly TaskRow[],
  { adapter, examples = [], shots, seed = 1, batch, signal, onRow }: EvaluateTaskOptions = {},
): Promise<TaskScore> {
  const { tokenizer, contextLength = Number.POSITIVE_INFINITY } = base;
  if (rows.length === 0) throw new JambalayaError('usage', { argument: 'rows', expected: 'some rows', found: 'none' });
  if ((shots ?? 0) > examples.length) {
    const found = `${examples.length} for ${shots} shots`;
    throw new JambalayaError('usage', { argument: 'examples', expected: 'as many rows as are shown', found });
  }
  const shown = shuffle(examples, new Random(seed, 'shots')).slice(0, shots ?? examples.length);
  const before = shown.map(({ prompt, completion }) => `${prompt}${completion.replace(/\n*$/, '\n')}`).join('');
  const prompts = rows.map(({ prompt }) => promptIds(tokenizer, before + prompt));
  const longest = Math.max(...rows.map(({ completion }) => tokenizer.encode(completion).length)) + spareTokens;
  const limit = contextLength - (adapter?.prefixLength ?? 0) - longest;
  prompts.forEach(({ length }, i) => {
    if (length <= limit) return;
    throw new JambalayaError('limit', { what: `tokens of the prompt of row ${i + 1}`, limit, found: length });
  });
  let done = 0;
  const answers = await answerAll(base, prompts, {
    adapter,
    texts: rows.map(({ prompt }) => before + prompt),
    maxTokens: longest,
    oneLine: endInLines(rows),
    batch,
    aborted: () => signal?.aborted ?? false,
    onAnswer: (index, answer) => onRow?.({ index, answer, wanted: rows[index]!.completion }, ++done, rows.length),
  });
  if (answers.includes(undefined)) throw new JambalayaError('aborted', { what: `the task after ${done} rows` });
  const mean = (score: (found: string, wanted: string) => number) =>
    rows.reduce((sum, { completion }, i) => sum + score(answers[i]!, completion), 0) / rows.length;
  return { count: rows.length, exactMatch: mean((a, b) => (isExact(a, b) ? 1 : 0)), f1: mean(wordF1) };
}
