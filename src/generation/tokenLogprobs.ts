/** The log probability of each token of a text, with what else was likely in its place. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import type { KvDType } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { expectCausal } from './decodeBatch.js';
import { logprobsOf, type TokenLogprob } from './logprobs.js';
import { checkTokenIds, whole } from './options.js';
import { PassRunner, piecesOf, rowsOfPass } from './windows.js';

export interface TextPosition {
  readonly id: number;
  /** In nats; none for the first token, which nothing comes before. */
  readonly logprob?: number;
  /** The most likely tokens in its place, the most likely first. */
  readonly top?: readonly TokenLogprob[];
}

export interface TokenLogprobsOptions {
  /** Likely tokens to tell of each position. */
  readonly top: number;
  readonly kvDType?: KvDType | undefined;
  /** Asked before each forward pass. */
  readonly aborted?: (() => boolean) | undefined;
}

/**
 * Read piece by piece through a state, so that no more than one pass of logits is held.
 *
 * @throws `usage` for no ids or an id outside the vocabulary; `unavailable` for a model that sees both sides; `aborted`
 */
export async function tokenLogprobs(
  model: Model,
  ids: readonly number[],
  { top, kvDType, aborted }: TokenLogprobsOptions,
): Promise<TextPosition[]> {
  expectCausal(model);
  whole('promptLogprobs', top, 0);
  const { vocabularySize: V } = model.description;
  checkTokenIds('prompt', ids, V);
  if (ids.length === 0) {
    throw new JambalayaError('usage', { argument: 'prompt', expected: 'at least one token', found: 'none' });
  }
  const positions: TextPosition[] = [{ id: ids[0]! }];
  using runner = new PassRunner(model, kvDType);
  // The last token predicts nothing of the text.
  for (const pass of piecesOf({ start: 0, end: ids.length - 1 }, Math.min(512, rowsOfPass(V)))) {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'scoring the prompt' });
    using logits = scope(() => runner.logits(ids, pass));
    const values = await logits.read();
    const { start, end } = pass.spans[0]!;
    for (let t = start; t < end; t++) {
      const row = values.subarray((t - start) * V, (t - start + 1) * V);
      const id = ids[t + 1]!;
      positions.push({ id, ...logprobsOf(row, id, top) });
    }
  }
  return positions;
}
