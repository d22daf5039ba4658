/** What a sequence keeps between tokens: keys and values that grow with it, and Mamba states that do not. */
import type { AttentionShape, MambaShape, ModelShape } from './shape.js';

export type KvDType = 'f32' | 'bf16' | 'f16' | 'fp8' | 'int8';
export const kvDTypes: readonly KvDType[] = ['bf16', 'f16', 'f32', 'fp8', 'int8'];
export const kvDTypeBytes: Readonly<Record<KvDType, number>> = { f32: 4, bf16: 2, f16: 2, fp8: 1, int8: 1 };

/** Keys and values of one token at one layer: 2 · Hkv · Dh elements (arXiv 2403.19887). */
export const kvBytesPerToken = (
  { kvHeads, headSize }: Pick<AttentionShape, 'kvHeads' | 'headSize'>,
  elementBytes: number,
): number => 2 * kvHeads * headSize * elementBytes;

/**
 * State of one sequence at one Mamba layer: the scan's Di · N in f32, and the convolution's last K inputs of Di channels
 * (K columns rather than the K − 1 that the next step reads: it is what implementations allocate).
 */
export const mambaStateBytes = (
  { inner, stateSize, convWidth }: Pick<MambaShape, 'inner' | 'stateSize' | 'convWidth'>,
  convElementBytes = 2,
): number => inner * (4 * stateSize + convElementBytes * convWidth);

/**
 * How many of `context` tokens go through each stack. An encoder-decoder reads the first half and writes the rest, as
 * T5 does with its 512 + 512 (arXiv 2004.08900); any other model has one stack.
 */
export function tokensOfStacks(
  { encoderLayers }: ModelShape,
  context: number,
): { readonly encoder: number; readonly decoder: number } {
  const encoder = encoderLayers === undefined ? 0 : Math.floor(context / 2);
  return { encoder, decoder: context - encoder };
}

export interface SequenceBytes {
  /** Keys and values of every attention layer, for the whole context. */
  readonly kvCacheBytes: number;
  /** SSM and convolution states, whatever the context. */
  readonly stateBytes: number;
}

/**
 * What one sequence of `context` tokens keeps. A window (`sliding_window`) is not counted: the cache is whole, as in the
 * tables of the Jamba paper (arXiv 2403.19887). A model that is not causal keeps nothing.
 */
export function sequenceBytes(
  shape: ModelShape,
  context: number,
  { kvDType = 'bf16', convElementBytes = 2 }: { kvDType?: KvDType; convElementBytes?: number } = {},
): SequenceBytes {
  if (!shape.causal) return { kvCacheBytes: 0, stateBytes: 0 };
  const { encoder, decoder } = tokensOfStacks(shape, context);
  const elementBytes = kvDTypeBytes[kvDType];
  let kvCacheBytes = 0;
  let stateBytes = 0;
  for (const { mixer, crossAttention } of shape.layers) {
    if (mixer.kind === 'attention') kvCacheBytes += decoder * kvBytesPerToken(mixer, elementBytes);
    else stateBytes += mambaStateBytes(mixer, convElementBytes);
    if (crossAttention !== undefined) kvCacheBytes += encoder * kvBytesPerToken(crossAttention, elementBytes);
  }
  return { kvCacheBytes, stateBytes };
}

/** The context that is meant where none is given. */
export const defaultContext = ({ positions }: ModelShape): number => (positions > 0 ? Math.min(4096, positions) : 4096);
