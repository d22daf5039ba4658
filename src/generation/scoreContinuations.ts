/** How likely continuations are after a prompt. The prompt is read once; logits stay on the device. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { type KvDType, Segments, StatePool } from '../nn/index.js';
import { crossEntropy, scope, Tensor, topK } from '../tensor/index.js';
import { expectCausal } from './decodeBatch.js';
import { checkTokenIds } from './options.js';
import { rowsOfPass } from './windows.js';

export interface ContinuationLikelihood {
  /** Sum of the tokens', in nats. */
  readonly logprob: number;
  readonly tokens: readonly { readonly id: number; readonly logprob: number }[];
  /** Whether each token is the likeliest in its place. */
  readonly greedy: boolean;
}

export interface ScoreOptions {
  readonly kvDType?: KvDType | undefined;
  /** Asked before each forward pass. */
  readonly aborted?: (() => boolean) | undefined;
}

/**
 * The likelihood of each continuation after `prompt`. The prompt's last token is read again with each continuation, so that a
 * row's logits are those that generating would see.
 *
 * @throws `usage` for an empty prompt or continuation, or an id outside the vocabulary; `unavailable` for a model that sees
 *   both sides; `aborted`
 */
export async function scoreContinuations(
  model: Model,
  prompt: readonly number[],
  continuations: readonly (readonly number[])[],
  { kvDType, aborted }: ScoreOptions = {},
): Promise<ContinuationLikelihood[]> {
  expectCausal(model);
  const { device, description, stateLayouts } = model;
  const { vocabularySize } = description;
  for (const [argument, ids] of [
    ['prompt', prompt] as const,
    ...continuations.map((ids) => ['continuation', ids] as const),
  ]) {
    if (ids.length === 0)
      throw new JambalayaError('usage', { argument, expected: 'at least one token', found: 'none' });
    checkTokenIds(argument, ids, vocabularySize);
  }
  const rows = rowsOfPass(vocabularySize);
  const goOn = () => {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'scoring the continuations' });
  };
  using pool = new StatePool(device, stateLayouts, { kvDType });
  using read = pool.create();
  for (let at = 0; at < prompt.length - 1; at += rows) {
    goOn();
    const ids = prompt.slice(at, Math.min(at + rows, prompt.length - 1));
    scope(() => {
      model.forward({ segments: new Segments(device, [ids.length], [read]), ids }, { logits: 'none' });
    });
  }
  const results: ContinuationLikelihood[] = [];
  for (const continuation of continuations) {
    using state = read.clone();
    const inputs = [prompt.at(-1)!, ...continuation.slice(0, -1)];
    const logprobs: number[] = [];
    let greedy = true;
    for (let at = 0; at < inputs.length; at += rows) {
      goOn();
      const ids = inputs.slice(at, at + rows);
      const labels = Int32Array.from(continuation.slice(at, at + rows));
      const found = scope(() => {
        const logits = model.forward({ segments: new Segments(device, [ids.length], [state]), ids }).logits!;
        const losses = crossEntropy(logits, Tensor.from(device, [labels.length], labels));
        return { losses, indices: topK(logits, 1).indices };
      });
      using losses = found.losses;
      using indices = found.indices;
      for (const loss of await losses.read()) logprobs.push(-loss);
      const likeliest = await indices.read();
      greedy &&= labels.every((id, i) => likeliest[i] === id);
    }
    const logprob = logprobs.reduce((sum, value) => sum + value, 0);
    if (Number.isNaN(logprob))
      throw new JambalayaError('device', { device: device.name, reason: 'a logit is not a number' });
    results.push({ logprob, tokens: continuation.map((id, i) => ({ id, logprob: logprobs[i]! })), greedy });
  }
  return results;
}
