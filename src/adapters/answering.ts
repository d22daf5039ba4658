/** Greedy answers to many prompts, several at a time; what all prompts begin with is read once. */
import { DecodeBatch, type Sequence } from '../generation/index.js';
import { type State, StatePool } from '../nn/index.js';
import type { Adapter } from './adapter.js';
import type { Base } from './base.js';

export interface AnswerOptions {
  readonly adapter?: Adapter | undefined;
  /** What the prompts say, for adapters that read them. */
  readonly texts?: readonly string[] | undefined;
  readonly maxTokens: number;
  /** Whether the first line end ends an answer, beside the model's end tokens. */
  readonly oneLine: boolean;
  /** Sequences at a time; 16 unless told. */
  readonly batch?: number | undefined;
  readonly aborted?: (() => boolean) | undefined;
  readonly onAnswer?: ((index: number, text: string) => void) | undefined;
}

/** The answers in the order of their prompts; undefined for what was not answered when the caller asked to stop. */
export async function answerAll(
  { model, tokenizer, endIds }: Pick<Base, 'model' | 'tokenizer' | 'endIds'>,
  prompts: readonly (readonly number[])[],
  { adapter, texts, maxTokens, oneLine, batch: size = 16, aborted, onAnswer }: AnswerOptions,
): Promise<(string | undefined)[]> {
  using pool = new StatePool(model.device, model.stateLayouts);
  using batch = new DecodeBatch(model);
  const readsPrompt = adapter?.readsPrompt ?? false;
  const begin = async (text?: string) => (await adapter?.prefix?.(model, pool, text)) ?? pool.create();
  using shared = readsPrompt ? pool.create() : await begin();
  const common = readsPrompt ? 0 : commonStart(prompts);
  const request = { adapter: adapter?.projections };
  if (common > 0) {
    batch.add({ ...request, state: shared, prompt: prompts[0]!.slice(0, common), options: { maxTokens: 0 } });
    while (batch.size > 0) await batch.step();
  }
  const answers: (string | undefined)[] = prompts.map(() => undefined);
  const running = new Map<Sequence, { readonly index: number; readonly state: State; readonly ids: number[] }>();
  let next = 0;
  try {
    while (next < prompts.length || running.size > 0) {
      if (aborted?.()) break;
      while (running.size < size && next < prompts.length) {
        const state = readsPrompt ? await begin(texts?.[next]) : shared.clone();
        const options = { maxTokens, temperature: 0, stopIds: endIds };
        const sequence = batch.add({ ...request, state, prompt: prompts[next]!.slice(common), options });
        running.set(sequence, { index: next++, state, ids: [] });
      }
      for (const { sequence, token, finishReason } of await batch.step()) {
        const { index, state, ids } = running.get(sequence)!;
        if (token !== undefined) ids.push(token.id);
        const text = tokenizer.decode(ids, { skipSpecialTokens: true });
        const line = oneLine && token !== undefined ? text.indexOf('\n') : -1;
        if (finishReason === undefined && line < 0) continue;
        if (finishReason === undefined) batch.remove(sequence);
        running.delete(sequence);
        state.dispose();
        answers[index] = line < 0 ? text : text.slice(0, line);
        onAnswer?.(index, answers[index]);
      }
    }
    return answers;
  } finally {
    for (const { state } of running.values()) state.dispose();
  }
}

/** How many tokens all texts begin with, so that each has one left. */
function commonStart(texts: readonly (readonly number[])[]): number {
  const [first] = texts;
  if (first === undefined || texts.length < 2) return 0;
  let length = Math.min(...texts.map((text) => text.length - 1));
  for (const text of texts) {
    let same = 0;
    while (same < length && text[same] === first[same]) same++;
    length = same;
  }
  return Math.max(0, length);
}
