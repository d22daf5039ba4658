/** What the planner says of a run on one device of this machine: FLOPs and bytes by formula, seconds from calibrated rates. */
import {
  allLayers,
  type Checkpointing,
  countFlops,
  countParameters,
  eagerForwardBytes,
  eagerKeptBytes,
  eagerMovedBackwardBytes,
  eagerMovedBytes,
  eagerOps,
  eagerProducts,
  expectedExperts,
  type FlopsByPart,
  inventory,
  type ModelShape,
  matrixBytes,
  oneToken,
  prompt,
  sequenceBytes,
  totalFlops,
  trainingFlops,
  trainingMemory,
  type Work,
  weightsBytes,
  wholeSequence,
} from '../../cost/index.js';
import type { CalibrationSizes, Rates } from './calibration.js';
import type { RunSizes } from './runs.js';

export interface Prediction {
  readonly flops: number;
  /** What is computed a second time. */
  readonly recomputedFlops: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Positions of a page of keys and values, and pages that a pool begins with; it doubles when they are full. */
const pageTokens = 64;
const firstPages = 4;

/** Weights, gradients and AdamW's moments in f32, what the tape keeps, and gradients on their way. */
export function trainingBytes(
  shape: ModelShape,
  { batch, context }: RunSizes,
  checkpointing: Checkpointing = 'none',
): number {
  const memory = trainingMemory(shape, {
    context,
    microBatch: batch,
    layout: { tensor: 1, pipeline: 1, expert: 1, data: 1 },
    zero: 0,
    checkpointing,
    precision: 'f32',
  });
  return Object.values(memory).reduce((sum: number, bytes: number) => sum + bytes, eagerKeptBytes(shape));
}

export function predictTraining(shape: ModelShape, { batch, context }: RunSizes, rates: Rates): Prediction {
  const { flops, hardwareFlops } = trainingFlops(shape, context, 'none');
  const rows = batch * context;
  const parameters = countParameters(shape).total;
  const kinds = workOf(shape, wholeSequence(shape, context), batch);
  // The norm of the gradient reads it; AdamW reads parameter, gradient and moments, and writes all but the gradient.
  const stepBytes = 4 * (8 * parameters + slicedGradients(shape));
  const seconds =
    rates.productTraining * 3 * kinds.productFlops +
    rates.expertProductTraining * 3 * kinds.expertFlops +
    rates.scanTraining * kinds.scanSteps +
    rates.attentionTraining * kinds.pairs +
    rates.elementwise * (eagerMovedBytes(shape, rows) + eagerMovedBackwardBytes(shape, rows)) +
    rates.weightByte * stepBytes +
    rates.op * 3.5 * eagerOps(shape);
  return {
    flops: batch * flops,
    recomputedFlops: batch * (hardwareFlops - flops),
    bytes: trainingBytes(shape, { batch, context }),
    seconds,
  };
}

export function predictPrompt(shape: ModelShape, { batch, context }: RunSizes, rates: Rates): Prediction {
  const work = prompt(shape, context);
  const kinds = workOf(shape, work, batch);
  const rows = batch * context;
  return {
    flops: batch * totalFlops(countFlops(shape, work)).forward,
    recomputedFlops: 0,
    bytes: inferenceBytes(shape, { batch, context }, context) + eagerForwardBytes(shape, rows, batch),
    seconds:
      rates.product * kinds.productFlops +
      rates.expertProduct * kinds.expertFlops +
      rates.scan * kinds.scanSteps +
      rates.attention * kinds.pairs +
      rates.elementwise * eagerMovedBytes(shape, rows) +
      rates.op * eagerOps(shape),
  };
}

/** The token after a prompt of `context`: every weight that it uses is read for it. */
export function predictToken(shape: ModelShape, { batch, context }: RunSizes, rates: Rates): Prediction {
  const { kvCacheBytes, stateBytes } = sequenceBytes(shape, context + 1, { kvDType: 'f32', convElementBytes: 4 });
  const read = weightsRead(shape, batch) + batch * (kvCacheBytes + 2 * stateBytes);
  return {
    flops: batch * totalFlops(countFlops(shape, oneToken(shape, context + 1))).forward,
    recomputedFlops: 0,
    // Its prompt was read on the same device, but what that took is free again.
    bytes: inferenceBytes(shape, { batch, context }, context + 1) + eagerForwardBytes(shape, batch, batch),
    seconds: rates.weightByte * read + rates.capturedOp * (eagerOps(shape) - largeProducts(shape)),
  };
}

/** Weights in f32, keys and values in whole pages of a pool that doubles, states of slots that double. */
function inferenceBytes(shape: ModelShape, { batch }: RunSizes, tokens: number): number {
  const pages = batch * Math.ceil(tokens / pageTokens);
  const capacity = firstPages * 2 ** Math.max(0, Math.ceil(Math.log2(pages / firstPages)));
  const options = { kvDType: 'f32', convElementBytes: 4 } as const;
  const { kvCacheBytes } = sequenceBytes(shape, capacity * pageTokens, options);
  const { stateBytes } = sequenceBytes(shape, 1, options);
  return (
    weightsBytes(shape, 'f32') + eagerKeptBytes(shape) + kvCacheBytes + 2 ** Math.ceil(Math.log2(batch)) * stateBytes
  );
}

/** Bytes of the weights that a step of `batch` tokens uses. */
function weightsRead(shape: ModelShape, batch: number): number {
  let bytes = 0;
  for (const matrix of inventory(shape).matrices) {
    if (matrix.used === 0) continue;
    const copies = matrix.part === 'experts' ? expectedExperts(matrix.stored, matrix.used, batch) : 1;
    bytes += copies * matrixBytes(matrix, 'f32');
  }
  return bytes;
}

/** Products of a token that are worth sharing between threads: not x_proj, which has few outputs. */
const largeProducts = (shape: ModelShape): number =>
  eagerProducts(shape) - shape.layers.filter(({ mixer }) => mixer.kind === 'mamba').length;

/** Parameters whose gradient is put together from slices: zeros first, then each slice is added. */
function slicedGradients(shape: ModelShape): number {
  const { hiddenSize: D } = shape;
  let elements = 0;
  for (const { mixer } of allLayers(shape)) {
    if (mixer.kind === 'mamba') elements += 2 * mixer.inner * D;
  }
  return 4 * elements;
}

/** Forward work by the kind of its rate. */
function workOf(shape: ModelShape, work: Work, batch: number) {
  const byPart: FlopsByPart = countFlops(shape, work);
  const forward = (...parts: (keyof FlopsByPart)[]) => parts.reduce((sum, part) => sum + byPart[part].forward, 0);
  let scanSteps = 0;
  let attentionLayers = 0;
  for (const { mixer } of allLayers(shape)) {
    if (mixer.kind === 'mamba') scanSteps += work.tokens * mixer.inner * mixer.stateSize;
    else attentionLayers++;
  }
  return {
    productFlops: batch * forward('attentionProjections', 'mambaProjections', 'denseMlp', 'router', 'head'),
    expertFlops: batch * forward('experts'),
    scanSteps: batch * scanSteps,
    pairs: (batch * attentionLayers * work.tokens * (work.tokens + 1)) / 2,
  };
}

/** Sizes for the loops that rates come from. */
export function calibrationSizes(shape: ModelShape, { batch, context }: RunSizes): CalibrationSizes {
  const layers = allLayers(shape);
  const mamba = layers.map(({ mixer }) => mixer).find((mixer) => mixer.kind === 'mamba');
  const attention = layers.map(({ mixer }) => mixer).find((mixer) => mixer.kind === 'attention');
  const mixture = layers.map(({ feedForward }) => feedForward).find((network) => (network?.experts ?? 1) > 1);
  const rows = batch * context;
  return {
    rows,
    context,
    expertRows: mixture && (rows * mixture.expertsPerToken) / mixture.experts,
    hidden: shape.hiddenSize,
    wide: mamba?.inner ?? layers[0]?.feedForward?.inner ?? shape.hiddenSize,
    scan: mamba && { channels: mamba.inner, stateSize: mamba.stateSize },
    attention: attention && { heads: attention.heads, kvHeads: attention.kvHeads, headSize: attention.headSize },
    weightsBytes: weightsRead(shape, 1),
    products: largeProducts(shape),
  };
}
