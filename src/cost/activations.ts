/**
 * What forward and backward passes hold beside weights and caches. Counted tensor by tensor from the layers' definitions; the
 * choice of what stays is that of this library's backward rules (every input of a rule once), and ours where no source is
 * named. Attention never holds its scores (FlashAttention, arXiv 2205.14135).
 */
import { scanChannelBlock, scanChunk } from '../contract/index.js';
import type { Checkpointing } from './flops.js';
import { type AttentionShape, allLayers, type FeedForwardShape, type MambaShape, type ModelShape } from './shape.js';
import { tokensOfStacks } from './state.js';

/** How a mixture runs: expert after expert over its own rows, or all at once over k copies of the rows. */
export type ExpertExecution = 'one-by-one' | 'grouped';
export const expertExecutions: readonly ExpertExecution[] = ['one-by-one', 'grouped'];

interface Widths {
  /** Elements of a token in activation precision. */
  readonly elements: number;
  /** Elements of a token that are 32 bit whatever the activations are: sums, indices. */
  readonly wide: number;
}

/** Kept per token of attention: q, k, v, out, and the log of each head's sum. */
const savedByAttention = ({ heads, kvHeads, headSize }: AttentionShape, tensor: number): Widths => ({
  elements: (2 * heads * headSize + 2 * Math.max(kvHeads, tensor) * headSize) / tensor,
  wide: heads / tensor,
});

/** Kept per token of a Mamba mixer: u before, after the convolution and after its SiLU, Δ, scan output, z, the gated product; dt,
 * B and C before and after their norms; the scan's state at every `scanChunk`-th token. */
const savedByMamba = ({ inner, dtRank, stateSize, innerNorms }: MambaShape, tensor: number): Widths => ({
  elements: (7 * inner) / tensor + (innerNorms ? 2 : 1) * (dtRank + 2 * stateSize),
  wide: (innerNorms ? 3 : 0) + (inner * stateSize) / (tensor * scanChunk),
});

/** Kept per token of a feed-forward: gate, up, their product (plain: before and after the activation), per expert row. */
function savedByFeedForward(ff: FeedForwardShape, hidden: number, tensor: number): Widths {
  const inner = ((ff.gated ? 3 : 2) * ff.inner) / tensor;
  if (ff.experts === 1) return { elements: inner, wide: 0 };
  // The rows sorted by expert, their outputs, probabilities, choices and places.
  return { elements: ff.expertsPerToken * (inner + 2 * hidden) + ff.experts, wide: 4 * ff.expertsPerToken };
}

/** Elements that the backward pass of each layer needs of a token: norm inputs and outputs, and what its parts keep. */
function savedByLayers(shape: ModelShape, tensor: number): Widths[] {
  const D = shape.hiddenSize;
  return allLayers(shape).map(({ mixer, crossAttention, feedForward, norms }) => {
    const kept = [
      mixer.kind === 'attention' ? savedByAttention(mixer, tensor) : savedByMamba(mixer, tensor),
      ...(crossAttention === undefined ? [] : [savedByAttention(crossAttention, tensor)]),
      ...(feedForward === undefined ? [] : [savedByFeedForward(feedForward, D, tensor)]),
    ];
    return {
      elements: kept.reduce((sum, { elements }) => sum + elements, 2 * norms * D),
      wide: kept.reduce((sum, { wide }) => sum + wide, norms),
    };
  });
}

export interface ActivationOptions {
  /** Tokens of a sequence. */
  readonly context: number;
  /** Sequences at once. */
  readonly microBatch: number;
  readonly checkpointing: Checkpointing;
  /** 2 or 4. */
  readonly elementBytes: number;
  readonly tensor?: number;
  readonly pipeline?: number;
}

/** Bytes that one device keeps between forward and backward. */
export interface KeptBytes {
  /** From the forward pass on: what backward rules read, logits (f32) among it; under checkpointing the input of each layer. */
  readonly kept: number;
  /** Of the layer that is being computed again: made when its turn comes, when the gradient of the logits is gone. */
  readonly recomputed: number;
}

/**
 * Bytes that one device keeps between forward and backward. Without checkpointing: everything that a backward rule reads; with
 * it (Chen et al., arXiv 1604.06174): the input of each layer, and everything of the one layer that is being computed again.
 * The first stage of a pipeline holds as many micro-batches as there are stages.
 */
export function keptBytes(
  shape: ModelShape,
  { context, microBatch, checkpointing, elementBytes, tensor = 1, pipeline = 1 }: ActivationOptions,
): KeptBytes {
  const { encoder, decoder } = tokensOfStacks(shape, context);
  const encoderLayers = shape.encoderLayers?.length ?? 0;
  const bytes = savedByLayers(shape, tensor).map(
    ({ elements, wide }, i) => (i < encoderLayers ? encoder : decoder) * (elements * elementBytes + 4 * wide),
  );
  const inputs = shape.hiddenSize * elementBytes * (encoderLayers * encoder + shape.layers.length * decoder);
  // A stage has 1/pipeline of the layers and that many micro-batches in flight.
  const layers = checkpointing === 'none' ? bytes.reduce((sum, layer) => sum + layer, 0) : inputs;
  const head = decoder * ((2 * shape.hiddenSize + (shape.headTransform ? 3 * shape.hiddenSize : 0)) * elementBytes);
  const logits = logitsBytes(shape, decoder, tensor);
  return {
    kept: microBatch * (layers + (pipeline === 1 ? head + logits : 0)),
    recomputed: checkpointing === 'none' ? 0 : microBatch * Math.max(0, ...bytes),
  };
}

/** Both together. */
export function activationBytes(shape: ModelShape, options: ActivationOptions): number {
  const { kept, recomputed } = keptBytes(shape, options);
  return kept + recomputed;
}

/** Bytes of the logits of `tokens` tokens, or of their gradient: f32. */
export const logitsBytes = ({ vocabularySize }: ModelShape, tokens: number, tensor = 1): number =>
  (4 * tokens * vocabularySize) / tensor;

/**
 * Bytes of gradients that live together at the widest place of a layer's backward pass, for one token. Beside the gradient of
 * the residual stream:
 *
 *     attention     of q, k, v and the output                    feed-forward  of the product of both branches and of each of the
 *     Mamba         at the scan: of its output, of u and of Δ; of              two (plain: before and after the activation), in a
 *                   B and C, and their sums over blocks of channels;           mixture for k copies of the row
 *                   and what came through z to the norm's output
 */
export function flowingBytesPerToken(shape: ModelShape, elementBytes: number, tensor = 1): number {
  const D = shape.hiddenSize;
  const widths = allLayers(shape).flatMap(({ mixer, crossAttention, feedForward }) => [
    mixer.kind === 'attention'
      ? savedByAttention(mixer, tensor).elements
      : D + ((3 + (2 * mixer.stateSize) / scanChannelBlock) * mixer.inner) / tensor + 2 * mixer.stateSize,
    ...(crossAttention === undefined ? [] : [savedByAttention(crossAttention, tensor).elements]),
    ...(feedForward === undefined
      ? []
      : [(feedForward.expertsPerToken * (feedForward.gated ? 3 : 2) * feedForward.inner) / tensor]),
  ]);
  return elementBytes * (D + Math.max(0, ...widths));
}

export interface WorkspaceOptions {
  readonly elementBytes?: number;
  readonly experts?: ExpertExecution;
  readonly tensor?: number;
}

/**
 * Bytes that one token takes in a forward pass at its widest place, beside weights and caches: the residual stream, its
 * norm, and whatever lives together inside a part:
 *
 *     attention     q, k, v and the output                       mixture   of the rows of one expert at a time (k/E of all, a
 *     Mamba         u, z, the convolved u, Δ, the scan's output             balanced choice) or of all k copies: the rows, their
 *     feed-forward  silu(gate), up, product (plain: two)                    outputs and inner tensors; and the sum of experts
 */
export function workspaceBytesPerToken(
  shape: ModelShape,
  { elementBytes = 2, experts = 'one-by-one', tensor = 1 }: WorkspaceOptions = {},
): { readonly bytes: number; readonly widest: 'attention' | 'mamba' | 'denseMlp' | 'experts' } {
  const D = shape.hiddenSize;
  let widest: 'attention' | 'mamba' | 'denseMlp' | 'experts' = 'attention';
  let most = 0;
  const see = (part: typeof widest, elements: number) => {
    if (elements > most) [widest, most] = [part, elements];
  };
  const attention = ({ heads, kvHeads, headSize }: AttentionShape) =>
    see('attention', (2 * heads * headSize + 2 * Math.max(kvHeads, tensor) * headSize) / tensor);
  for (const { mixer, crossAttention, feedForward } of allLayers(shape)) {
    if (mixer.kind === 'attention') attention(mixer);
    else see('mamba', (5 * mixer.inner) / tensor + mixer.dtRank + 2 * mixer.stateSize);
    if (crossAttention !== undefined) attention(crossAttention);
    if (feedForward === undefined) continue;
    const inner = ((feedForward.gated ? 3 : 2) * feedForward.inner) / tensor;
    if (feedForward.experts === 1) see('denseMlp', inner);
    else {
      const rows = feedForward.expertsPerToken / (experts === 'grouped' ? 1 : feedForward.experts);
      see('experts', rows * (2 * D + inner) + D);
    }
  }
  return { bytes: elementBytes * (2 * D + most), widest };
}
