import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import type { KvDType } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { expectFiniteLogits } from './finite.js';
import { checkTokenIds, whole } from './options.js';
import { PassRunner, piecesOf } from './windows.js';

export interface LogitsOptions {
  readonly chunk?: number | undefined;
  /** What a state keeps keys and values as between chunks; f32 unless told. */
  readonly kvDType?: KvDType | undefined;
  /** Asked before each forward pass, and after the last one. */
  readonly aborted?: (() => boolean) | undefined;
}

/**
 * The logits (T, V) of a sequence, row by row: row t speaks of the token after `ids[t]`. In one pass without a state, or
 * `chunk` rows at a time through a state, which gives the same bits where it keeps f32; 1 is token by token.
 *
 * @throws `usage` for no ids, an id outside the vocabulary, a chunk below 1; `unavailable` for a chunk on a model without
 *   states; `aborted`; `checkpoint` or `device` for logits that are not finite
 */
export async function allLogits(
  model: Model,
  ids: readonly number[],
  { chunk, kvDType, aborted }: LogitsOptions = {},
): Promise<Float32Array> {
  const { vocabularySize: V } = model.description;
  if (ids.length === 0) {
    throw new JambalayaError('usage', { argument: 'ids', expected: 'at least one token', found: 'none' });
  }
  checkTokenIds('ids', ids, V);
  const text = { start: 0, end: ids.length };
  const passes =
    chunk === undefined ? [{ spans: [{ ...text, stretch: 0 }] }] : piecesOf(text, whole('chunk', chunk, 1));
  const all = new Float32Array(ids.length * V);
  using runner = new PassRunner(model, kvDType);
  const stopIfAborted = () => {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'computing logits' });
  };
  for (const pass of passes) {
    stopIfAborted();
    using logits = scope(() => runner.logits(ids, pass));
    await expectFiniteLogits(model, logits);
    all.set(await logits.read(), pass.spans[0]!.start * V);
  }
  stopIfAborted();
  return all;
}
