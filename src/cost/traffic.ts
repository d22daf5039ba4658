/**
 * Bytes that a device sends over its links. Rings of n devices (Patarasuk and Yuan, 2009): an all-reduce of M bytes sends
 * 2 · M · (n − 1) / n from each, an all-gather, a reduce-scatter or an all-to-all half of that.
 */
import type { Parallelism } from './parallel.js';
import { allLayers, type ModelShape } from './shape.js';

const gatherBytes = (bytes: number, devices: number): number => (bytes * (devices - 1)) / devices;
const reduceBytes = (bytes: number, devices: number): number => 2 * gatherBytes(bytes, devices);

export interface TokenTraffic {
  /** All-reduces: one of D after each mixer and feed-forward and the embedding, one of R + 2N inside a Mamba mixer. */
  readonly tensor: number;
  /** All-to-alls: k copies of D to the experts and back. */
  readonly expert: number;
  /** D to the next stage. */
  readonly pipeline: number;
}

/** Bytes that each device of a stage sends for one token of a forward pass, mean over the stages. */
export function forwardTraffic(
  shape: ModelShape,
  { tensor, pipeline, expert }: Parallelism,
  elementBytes: number,
): TokenTraffic {
  const D = shape.hiddenSize;
  let reduced = D;
  let exchanged = 0;
  for (const { mixer, crossAttention, feedForward } of allLayers(shape)) {
    reduced += D + (mixer.kind === 'mamba' ? mixer.dtRank + 2 * mixer.stateSize : 0);
    if (crossAttention !== undefined) reduced += D;
    if (feedForward === undefined) continue;
    if (feedForward.experts > 1 && expert > 1) exchanged += 2 * feedForward.expertsPerToken * D;
    else reduced += D;
  }
  return {
    tensor: (elementBytes * reduceBytes(reduced, tensor)) / pipeline,
    expert: (elementBytes * gatherBytes(exchanged, expert)) / pipeline,
    pipeline: (elementBytes * D * (pipeline - 1)) / pipeline,
  };
}

/** How model states are spread over data-parallel devices (ZeRO, arXiv 1910.02054): 1 optimizer, 2 gradients too, 3 all. */
export type ZeroStage = 0 | 1 | 2 | 3;

/**
 * Bytes that a device sends for gradients and weights (ZeRO, section 7): an all-reduce of gradients per step at stage 0, a
 * reduce-scatter of them and an all-gather of weights at 1 and 2; at 3 each micro-batch gathers the weights twice.
 */
export function dataTraffic(
  { weights, gradients }: { readonly weights: number; readonly gradients: number },
  zero: ZeroStage,
  data: number,
  microBatches: number,
): number {
  if (zero === 0) return reduceBytes(gradients, data);
  if (zero < 3) return gatherBytes(gradients, data) + gatherBytes(weights, data);
  return gatherBytes(gradients, data) + 2 * microBatches * gatherBytes(weights, data);
}
