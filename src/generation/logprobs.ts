/** Log probabilities of the model itself: log softmax of its logits, before any penalty, temperature or cut. */
import { argmax, largestFirst } from './selection.js';

export interface TokenLogprob {
  readonly id: number;
  /** In nats, at most 0. */
  readonly logprob: number;
}

/** log Σ exp of one row of logits, in float64. */
export function logSumExp(logits: ArrayLike<number>): number {
  const largest = logits[argmax(logits)]!;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - largest);
  return largest + Math.log(sum);
}

/** The log probability of `id`, and the `count` most likely tokens, the most likely first. */
export function logprobsOf(
  logits: ArrayLike<number>,
  id: number,
  count: number,
): { logprob: number; top: TokenLogprob[] } {
  const normalizer = logSumExp(logits);
  const top: TokenLogprob[] = [];
  if (count > 0) {
    for (const likely of largestFirst(logits)) {
      top.push({ id: likely, logprob: logits[likely]! - normalizer });
      if (top.length === count) break;
    }
  }
  return { logprob: logits[id]! - normalizer, top };
}
