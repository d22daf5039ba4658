/** What one device holds while it trains: weights, gradients, optimizer states, activations. */
import { flowingBytesPerToken, keptBytes, logitsBytes } from './activations.js';
import type { Checkpointing } from './flops.js';
import { layerInventory, matrixParameters } from './inventory.js';
import { matrixShare, type Parallelism, stageInventories } from './parallel.js';
import { allLayers, type ModelShape } from './shape.js';
import { tokensOfStacks } from './state.js';
import type { ZeroStage } from './traffic.js';

/**
 * Bytes of one parameter's states. `mixed` (Micikevicius et al., arXiv 1710.03740; ZeRO, arXiv 1910.02054, section 3.1):
 * 16-bit weight and gradient, f32 master weight and Adam's two moments, 16 in all. `f32`: weight, gradient, two moments.
 */
export const statesOfPrecision = {
  mixed: { weight: 2, gradient: 2, optimizer: 12, activation: 2 },
  f32: { weight: 4, gradient: 4, optimizer: 8, activation: 4 },
} as const;
export type TrainingPrecision = keyof typeof statesOfPrecision;
export const trainingPrecisions = Object.keys(statesOfPrecision) as TrainingPrecision[];

export interface TrainingMemoryOptions {
  readonly context: number;
  readonly microBatch: number;
  readonly layout: Parallelism;
  readonly zero: ZeroStage;
  readonly checkpointing: Checkpointing;
  readonly precision: TrainingPrecision;
}

export interface TrainingMemory {
  readonly weightsBytes: number;
  readonly gradientsBytes: number;
  readonly optimizerBytes: number;
  readonly activationsBytes: number;
  /**
   * Gradients on their way through the widest layer, and under ZeRO-3 two layers' gathered weights. Where that takes more, what
   * the head needs instead: the gradient of the logits, which passes before any other and while no layer is computed again.
   */
  readonly workspaceBytes: number;
}

/** Memory of one device of the fullest stage. */
export function trainingMemory(shape: ModelShape, options: TrainingMemoryOptions): TrainingMemory {
  const { context, microBatch, layout, zero, checkpointing, precision } = options;
  const { weight, gradient, optimizer, activation } = statesOfPrecision[precision];
  const { shared, spread } = heldParameters(shape, layout);
  // Experts that are spread over the data-parallel devices have fewer copies of each to share states with.
  const copies = { shared: layout.data, spread: expertCopies(layout) };
  const bytes = (each: number, isSharded: boolean) =>
    each * (shared / (isSharded ? copies.shared : 1) + spread / (isSharded ? copies.spread : 1));
  const { encoder, decoder } = tokensOfStacks(shape, context);
  const { tensor, pipeline } = layout;
  const tokens = microBatch * Math.max(encoder, decoder);
  const { kept, recomputed } = keptBytes(shape, {
    context,
    microBatch,
    checkpointing,
    elementBytes: activation,
    tensor,
    pipeline,
  });
  const gradientsBytes = bytes(gradient, zero >= 2);
  const flowing =
    tokens * flowingBytesPerToken(shape, activation, tensor) +
    (zero === 3 ? 2 * weight * largestLayer(shape, layout) : 0);
  // With the gradients of the head's matrix and of its input.
  const { hiddenSize: D, vocabularySize: V } = shape;
  const rows = microBatch * decoder;
  const atHead =
    pipeline === 1 ? logitsBytes(shape, rows, tensor) + activation * rows * D + (gradient * V * D) / tensor : 0;
  return {
    weightsBytes: bytes(weight, zero >= 3),
    gradientsBytes,
    optimizerBytes: bytes(optimizer, zero >= 1),
    activationsBytes: kept + recomputed,
    workspaceBytes: Math.max(flowing, atHead - gradientsBytes - recomputed),
  };
}

/** Copies of an expert's weights among the devices of a stage. */
export const expertCopies = ({ tensor, data, expert }: Parallelism): number =>
  expert > 1 ? (tensor * data) / expert : data;

/** Parameters on a device of the fullest stage: those that every data-parallel copy has, and spread experts. */
export function heldParameters(shape: ModelShape, layout: Parallelism): { shared: number; spread: number } {
  const stages = stageInventories(shape, layout).map(({ matrices, vectors }) => {
    let shared = vectors.reduce((sum, { size }) => sum + size, 0);
    let spread = 0;
    for (const matrix of matrices) {
      const held = matrix.stored * matrixParameters(matrix);
      if (matrix.part === 'experts' && layout.expert > 1) spread += held;
      else shared += held;
    }
    return { shared, spread };
  });
  return stages.reduce((a, b) => (b.shared + b.spread > a.shared + a.spread ? b : a));
}

/** Parameters of the largest layer, as ZeRO-3 gathers it on one device. */
function largestLayer({ hiddenSize, normBias, ...shape }: ModelShape, layout: Parallelism): number {
  const sizes = allLayers({ hiddenSize, normBias, ...shape }).map((layer) =>
    layerInventory(layer, hiddenSize, normBias)
      .matrices.map((matrix) => matrixShare(matrix, layout))
      .reduce((sum, matrix) => sum + matrix.stored * matrixParameters(matrix), 0),
  );
  return Math.max(...sizes);
}
