/** Training losses over a ragged batch. */
import {
  add,
  crossEntropy,
  fill,
  mul,
  scale,
  scatterColumns,
  softmax,
  sum,
  sumAll,
  Tensor,
  topK,
  zeros,
} from '../tensor/index.js';

/** A label that does not count. */
export const ignoredLabel = -100;

/** Labels moved one row up within each segment, so that row t is asked for the token after it; the last row for none. */
export function nextTokenLabels(labels: ArrayLike<number>, lengths: readonly number[]): Int32Array {
  const shifted = new Int32Array(labels.length).fill(ignoredLabel);
  let start = 0;
  for (const length of lengths) {
    for (let t = 0; t + 1 < length; t++) shifted[start + t] = labels[start + t + 1]!;
    start += length;
  }
  return shifted;
}

/** Mean cross-entropy in nats of logits (T, V) against labels (T), over the labels that are not ignored; 0 if all are. */
export function meanCrossEntropy(logits: Tensor, labels: Int32Array): Tensor {
  const counted = labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);
  const losses = crossEntropy(logits, Tensor.from(logits.device, [labels.length], labels));
  return scale(sumAll(losses), 1 / Math.max(counted, 1));
}

/**
 * The load-balancing loss of Switch (arXiv 2101.03961, eq. 4 to 6) and Mixtral as Hugging Face computes it, over the router
 * logits (T, E) of all MoE layers together: E · Σ_k Σ_e f[k, e] · P[e]; k when the experts are used evenly. The choices f
 * carry no gradient. A scalar.
 */
export function loadBalancingLoss(routerLogits: readonly Tensor[], k: number): Tensor {
  const [first] = routerLogits;
  if (first === undefined) throw new RangeError('no router logits');
  const experts = first.shape[1]!;
  const rows = routerLogits.reduce((total, logits) => total + logits.shape[0]!, 0);
  let chosen = zeros(first.device, [experts]);
  let probability = zeros(first.device, [experts]);
  for (const logits of routerLogits) {
    const p = softmax(logits);
    const { indices } = topK(p, k);
    const ones = fill(logits.device, [logits.shape[0]!, k], 1);
    chosen = add(chosen, sum(scatterColumns(ones, indices, experts), 0));
    probability = add(probability, sum(p, 0));
  }
  return scale(sumAll(mul(chosen, probability)), experts / (rows * rows));
}
