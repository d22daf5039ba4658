/**
 * Linear n-grams with calibrated probabilities: the router that needs no model. Its weights (int8, one scale a class) were
 * trained on CLINC150 (Larson et al. 2019, CC BY 3.0) and on templates by `scripts/train-mrkl-router.mjs`.
 */
import { bucketCount, featuresOf } from './features.js';

export interface NgramModel {
  /** Experts and `unsure`. */
  readonly classes: readonly string[];
  /** Rows of `bucketCount` weights, one a class. */
  readonly weights: Int8Array;
  readonly scales: readonly number[];
  readonly bias: readonly number[];
  /** Logits are divided by it. */
  readonly temperature: number;
  /** An expert is decided on from this probability. */
  readonly threshold: number;
  readonly hash: string;
}

let loaded: Promise<NgramModel> | undefined;

export function shippedNgrams(): Promise<NgramModel> {
  loaded ??= import('./weights.js').then(({ routerWeights: { base64, ...rest } }) => {
    const text = atob(base64);
    const weights = new Int8Array(text.length);
    for (let i = 0; i < text.length; i++) weights[i] = text.charCodeAt(i);
    return { ...rest, weights };
  });
  return loaded;
}

/** Probabilities by class; they sum to 1. */
export function ngramProbabilities(model: NgramModel, question: string): Record<string, number> {
  const { classes, weights, scales, bias, temperature } = model;
  const { buckets, weight } = featuresOf(question);
  const logits = classes.map((_, row) => {
    let sum = 0;
    for (const bucket of buckets) sum += weights[row * bucketCount + bucket]!;
    return (sum * scales[row]! * weight + bias[row]!) / temperature;
  });
  const most = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - most));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(classes.map((name, i) => [name, exponentials[i]! / total]));
}
