/** How far a model's predictions are from another's: what quantization is judged by. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { scope } from '../tensor/index.js';
import { expectFiniteLogits } from './finite.js';
import { logSumExp } from './logprobs.js';
import { checkTokenIds, whole } from './options.js';
import { argmax } from './selection.js';
import { PassRunner, passesOf, rowsOfPass, type Span } from './windows.js';

export interface CompareOptions {
  /** Tokens of a window. */
  readonly window: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly aborted?: (() => boolean) | undefined;
}

export interface LogitsComparison {
  /** Mean over positions of KL(first ‖ second) of the two next-token distributions, in nats. */
  readonly meanKl: number;
  /** Share of positions at which both models find the same token most likely. */
  readonly top1Agreement: number;
  readonly positions: number;
}

/**
 * Compares the next-token distributions of two models with one vocabulary at every position of a text, in windows that
 * follow one another, each from an empty state. Sums are in float64; no more than one pass of logits is held.
 *
 * @throws `usage` for no ids, an id outside the vocabulary, different vocabularies, a window below 1; `aborted`; `checkpoint` or
 *   `device` for logits that are not finite
 */
export async function compareLogits(
  first: Model,
  second: Model,
  ids: readonly number[],
  { window, onProgress, aborted }: CompareOptions,
): Promise<LogitsComparison> {
  const { vocabularySize: V } = first.description;
  const found = second.description.vocabularySize;
  if (found !== V) {
    throw new JambalayaError('usage', {
      argument: 'second',
      expected: `a vocabulary of ${V}`,
      found: `one of ${found}`,
    });
  }
  if (ids.length === 0) {
    throw new JambalayaError('usage', { argument: 'ids', expected: 'at least one token', found: 'none' });
  }
  checkTokenIds('ids', ids, V);
  whole('window', window, 1);
  const windows: Span[] = [];
  for (let start = 0; start < ids.length; start += window)
    windows.push({ start, end: Math.min(start + window, ids.length) });

  let kl = 0;
  let agreed = 0;
  using firstRunner = new PassRunner(first);
  using secondRunner = new PassRunner(second);
  for (const pass of passesOf(windows, rowsOfPass(V))) {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'comparing the models' });
    const [ours, theirs] = [await read(firstRunner), await read(secondRunner)];
    for (let at = 0; at < ours.length; at += V) {
      const p = ours.subarray(at, at + V);
      const q = theirs.subarray(at, at + V);
      kl += divergence(p, q);
      if (argmax(p) === argmax(q)) agreed++;
    }
    onProgress?.(pass.spans.at(-1)!.end, ids.length);

    async function read(runner: PassRunner) {
      using logits = scope(() => runner.logits(ids, pass));
      await expectFiniteLogits(runner.model, logits);
      return logits.read();
    }
  }
  return { meanKl: kl / ids.length, top1Agreement: agreed / ids.length, positions: ids.length };
}

/** KL(p ‖ q) = Σ p (log p − log q) of the distributions that two rows of logits describe, in nats; NaN if one is NaN. */
export function divergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [normalizerP, normalizerQ] = [logSumExp(p), logSumExp(q)];
  let sum = 0;
  for (let id = 0; id < p.length; id++) {
    const logP = p[id]! - normalizerP;
    const probability = Math.exp(logP);
    if (!(probability <= 0)) sum += probability * (logP - (q[id]! - normalizerQ));
  }
  return sum;
}
