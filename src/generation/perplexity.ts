/** How well a model predicts a text: the log likelihood of its tokens, in windows that overlap. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { ignoredLabel } from '../nn/index.js';
import { crossEntropy, scope, Tensor } from '../tensor/index.js';
import { expectCausal } from './decodeBatch.js';
import { blame } from './finite.js';
import { checkTokenIds, whole } from './options.js';
import { type Pass, PassRunner, passesOf, rowsOfPass, type Span } from './windows.js';

export interface WindowOptions {
  /** Tokens of a window, at least 2. */
  readonly window: number;
  /** Tokens from the start of one window to that of the next, 1 to `window`. */
  readonly stride: number;
  /** Told how many tokens of the text have been dealt with. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked before each forward pass. */
  readonly aborted?: (() => boolean) | undefined;
}

export interface LogLikelihood {
  /** −log₂ of the probability of all scored tokens together. */
  readonly bits: number;
  /** The text's first token has nothing before it and is not scored. */
  readonly scoredTokens: number;
  /** e to the mean of −ln p over the scored tokens. */
  readonly perplexity: number;
  readonly windows: number;
}

interface ScoredWindow extends Span {
  /** The first position that no window before this one scored. */
  readonly scoredFrom: number;
}

/**
 * The first window scores all its tokens but the first; each later one starts `stride` tokens on, from an empty state, and
 * scores the tokens that no window before it scored. (With `stride = window` a window's first token has nothing before
 * it and stays without a score.) The last window may be shorter. Losses are computed on the device and added in float64.
 *
 * @throws `usage` for fewer than 2 tokens, an id outside the vocabulary, a window or stride outside its range; `aborted`;
 *   `unavailable` for a model that sees both sides
 */
export async function windowedLogLikelihood(
  model: Model,
  ids: readonly number[],
  { window, stride, onProgress, aborted }: WindowOptions,
): Promise<LogLikelihood> {
  expectCausal(model);
  const { vocabularySize } = model.description;
  checkText(ids, vocabularySize);
  whole('window', window, 2);
  if (whole('stride', stride, 1) > window) {
    throw new JambalayaError('usage', {
      argument: 'stride',
      expected: `at most the window of ${window}`,
      found: `${stride}`,
    });
  }
  const windows = scoredWindows(ids.length, window, stride);
  let nats = 0;
  let scoredTokens = 0;
  using runner = new PassRunner(model);
  for (const pass of passesOf(windows, rowsOfPass(vocabularySize))) {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'scoring the text' });
    const labels = labelsOf(ids, pass, windows);
    using losses = scope(() => {
      const logits = runner.logits(ids, pass);
      return crossEntropy(logits, Tensor.from(model.device, [labels.length], labels));
    });
    for (const loss of await losses.read()) {
      if (!Number.isFinite(loss)) await blame(model, `the model’s loss of a token is ${loss}`);
      nats += loss;
    }
    for (const label of labels) if (label !== ignoredLabel) scoredTokens++;
    onProgress?.(pass.spans.at(-1)!.end, ids.length);
  }
  const perplexity = Math.exp(nats / scoredTokens);
  return { bits: nats / Math.LN2, scoredTokens, perplexity, windows: windows.length };
}

function checkText(ids: readonly number[], vocabularySize: number): void {
  if (ids.length < 2) {
    throw new JambalayaError('usage', { argument: 'ids', expected: 'at least two tokens', found: `${ids.length}` });
  }
  checkTokenIds('ids', ids, vocabularySize);
}

/** Windows until one reaches the end of the text. */
export function scoredWindows(tokens: number, window: number, stride: number): ScoredWindow[] {
  const windows: ScoredWindow[] = [];
  let scoredFrom = 1;
  for (let start = 0; scoredFrom < tokens; start += stride) {
    const end = Math.min(start + window, tokens);
    if (start + 1 < end) windows.push({ start, end, scoredFrom: Math.max(scoredFrom, start + 1) });
    scoredFrom = end;
  }
  return windows;
}

/** For each row of a pass the token after it, if its window scores it. */
function labelsOf(ids: readonly number[], { spans }: Pass, windows: readonly ScoredWindow[]): Int32Array {
  const labels: number[] = [];
  for (const { start, end, stretch } of spans) {
    const window = windows[stretch]!;
    for (let t = start + 1; t <= end; t++) {
      labels.push(t >= window.scoredFrom && t < window.end ? ids[t]! : ignoredLabel);
    }
  }
  return Int32Array.from(labels);
}
