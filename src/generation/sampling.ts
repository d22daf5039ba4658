/**
 * From logits to a token. Each step is a function over the scores (V) of one position, changed in place; a removed token has
 * score −∞. First what the caller says of single tokens: a bias, and a mask of those that may come. Then the order of
 * Transformers' `generate`: repetition penalty, presence and frequency penalties, temperature, top-k, top-p, min-p; then one
 * token is drawn from what is left.
 */
import { JambalayaError } from '../errors/index.js';
import type { DecidedSampling } from './options.js';
import { uniformAt } from './random.js';
import { argmax, largestFirst } from './selection.js';
import { applyMask } from './tokenMask.js';

/** Which tokens were there before. */
export interface TokenHistory {
  /** Ids of the prompt and of the answer so far. */
  readonly seen: ReadonlySet<number>;
  /** How often each id is in the answer so far. */
  readonly generated: ReadonlyMap<number, number>;
}

/** Divides the positive scores of tokens that were seen by `penalty`, and multiplies the negative ones (Keskar et al. 2019). */
export function penalizeRepetition(scores: Float32Array, seen: Iterable<number>, penalty: number): void {
  for (const id of seen) scores[id] = scores[id]! < 0 ? scores[id]! * penalty : scores[id]! / penalty;
}

/** Takes `presence + frequency · count` off each token that the answer has `count` times: OpenAI's two penalties. */
export function penalizePresence(
  scores: Float32Array,
  generated: Iterable<readonly [id: number, count: number]>,
  presence: number,
  frequency: number,
): void {
  for (const [id, count] of generated) scores[id] = scores[id]! - (presence + frequency * count);
}

/** Divides by a temperature above 0. The largest score becomes 0, which no softmax notices and no division overflows. */
export function applyTemperature(scores: Float32Array, temperature: number): void {
  const largest = scores[argmax(scores)]!;
  for (let id = 0; id < scores.length; id++) scores[id] = (scores[id]! - largest) / temperature;
}

/** Removes what is below the k-th largest score; tokens that equal it stay, so that more than k may. */
export function keepTopK(scores: Float32Array, k: number): void {
  if (k >= scores.length) return;
  let threshold = Number.NEGATIVE_INFINITY;
  let left = k;
  for (const id of largestFirst(scores)) {
    threshold = scores[id]!;
    if (--left === 0) break;
  }
  removeBelow(scores, threshold);
}

/**
 * Keeps the most likely tokens until together they have probability `p`, and at least one. A token goes if it and all less
 * likely ones have at most 1 − p together: the same as that those before it have p already.
 */
export function keepTopP(scores: Float32Array, p: number): void {
  if (p >= 1) return;
  const weights = weightsOf(scores);
  const enough = p * sumOf(weights);
  const kept = new Uint8Array(scores.length);
  let above = 0;
  for (const id of largestFirst(scores)) {
    if (above >= enough && above > 0) break;
    kept[id] = 1;
    above += weights[id]!;
  }
  for (let id = 0; id < scores.length; id++) if (kept[id] === 0) scores[id] = Number.NEGATIVE_INFINITY;
}

/** Removes tokens that are less than `p` times as likely as the most likely one. */
export function keepMinP(scores: Float32Array, p: number): void {
  const weights = weightsOf(scores);
  for (let id = 0; id < scores.length; id++) if (weights[id]! < p) scores[id] = Number.NEGATIVE_INFINITY;
}

/** The token at `uniform`, in [0, 1), of the distribution that the scores describe: its inverse, in the order of ids. */
export function drawToken(scores: Float32Array, uniform: number): number {
  const weights = weightsOf(scores);
  const target = uniform * sumOf(weights);
  let sum = 0;
  let last = 0;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    sum += weights[id]!;
    last = id;
    if (sum > target) break;
  }
  return last;
}

/** All steps on a copy of the logits, but for the draw. */
export function processLogits(
  logits: ArrayLike<number>,
  options: DecidedSampling,
  history: TokenHistory,
  allowed?: Uint32Array,
): Float32Array {
  const { temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, logitBias } = options;
  const scores = new Float32Array(logits);
  for (const [id, bias] of logitBias) scores[id] = scores[id]! + bias;
  if (allowed !== undefined) applyMask(scores, allowed);
  if (allowed !== undefined || logitBias.length > 0) expectSome(scores);
  if (repetitionPenalty !== 1) penalizeRepetition(scores, history.seen, repetitionPenalty);
  if (presencePenalty !== 0 || frequencyPenalty !== 0) {
    penalizePresence(scores, history.generated, presencePenalty, frequencyPenalty);
  }
  if (temperature === 0) return scores;
  if (temperature !== 1) applyTemperature(scores, temperature);
  if (topK > 0) keepTopK(scores, topK);
  if (topP < 1) keepTopP(scores, topP);
  if (minP > 0) keepMinP(scores, minP);
  return scores;
}

/** The token at `position` of its sequence, from the logits (V) of the one before it. */
export function chooseToken(
  logits: ArrayLike<number>,
  options: DecidedSampling,
  history: TokenHistory,
  position: number,
  allowed?: Uint32Array,
): number {
  const scores = processLogits(logits, options, history, allowed);
  return options.temperature === 0 ? argmax(scores) : drawToken(scores, uniformAt(options.seed, position));
}

/** What may come and what the model can say may have nothing in common. */
function expectSome(scores: Float32Array): void {
  if (scores.some((score) => score > Number.NEGATIVE_INFINITY)) return;
  const expected = 'at least one token that may come next';
  throw new JambalayaError('usage', { argument: 'mask and logitBias', expected, found: 'none' });
}

/** exp(score − largest), which is 1 for the most likely token and 0 for a removed one. */
function weightsOf(scores: ArrayLike<number>): Float64Array {
  const largest = scores[argmax(scores)]!;
  const weights = new Float64Array(scores.length);
  for (let id = 0; id < weights.length; id++) weights[id] = Math.exp(scores[id]! - largest);
  return weights;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

function removeBelow(scores: Float32Array, threshold: number): void {
  for (let id = 0; id < scores.length; id++) if (scores[id]! < threshold) scores[id] = Number.NEGATIVE_INFINITY;
}
