/** One answer as a stream of tokens. */
import type { Model } from '../models/index.js';
import type { State } from '../nn/index.js';
import { DecodeBatch } from './decodeBatch.js';
import type { GenerationOptions } from './options.js';
import type { FinishReason, GeneratedToken } from './sequence.js';

export interface GenerationControl {
  /** Asked before each forward pass, of which each has at most `prefillChunk` rows. */
  aborted?(): boolean;
  /** Told after each piece of the prompt how many of its tokens have been read. */
  onPrefill?(done: number, total: number): void;
}

/**
 * Reads `prompt` into `state` and yields tokens until a stop token comes (it is not yielded), `maxTokens` are made, or the
 * caller asks to stop; the reason is the generator's result. The state stays the caller's: it holds the prompt and every
 * token but the last one yielded, or that one too after a stop token, so that `state.length` tells what to feed next.
 *
 * @throws `usage`, `state`, `unavailable` as `DecodeBatch`, when the first token is asked for
 */
export async function* generate(
  model: Model,
  state: State,
  prompt: readonly number[],
  options: GenerationOptions,
  control: GenerationControl = {},
): AsyncGenerator<GeneratedToken, FinishReason, undefined> {
  const { prefillChunk } = options;
  using batch = new DecodeBatch(model, prefillChunk === undefined ? {} : { maxRows: prefillChunk });
  const sequence = batch.add({ state, prompt, options });
  for (;;) {
    if (control.aborted?.()) return 'aborted';
    const reading = sequence.prefilling;
    const [step] = await batch.step();
    if (reading) control.onPrefill?.(sequence.promptRead, prompt.length);
    if (step?.token !== undefined) yield step.token;
    if (step?.finishReason !== undefined) return step.finishReason;
  }
}
