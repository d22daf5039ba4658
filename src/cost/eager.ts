/**
 * What this library's own passes hold, move and submit: op after op, everything that a layer makes stays until the layer is
 * done. Ours, from the definitions of the modules; other programs fuse ops and free tensors earlier.
 */
import type { AttentionShape, FeedForwardShape, LayerShape, MambaShape, ModelShape } from './shape.js';

/** Elements of one token: those made in a forward pass, and those read and written by elementwise ops. */
interface Elements {
  /** Outputs of all ops. */
  readonly made: number;
  readonly movedForward: number;
  readonly movedBackward: number;
  /** Ops of a forward pass, and products among them. */
  readonly ops: number;
  readonly products: number;
}

const ofAttention = ({ heads, kvHeads, headSize }: AttentionShape, D: number): Elements => ({
  made: 2 * heads * headSize + 2 * kvHeads * headSize + D,
  // Keys and values go to their pages; backward, q, k and v meet in the norm's output.
  movedForward: 4 * kvHeads * headSize,
  movedBackward: 6 * D,
  ops: 6,
  products: 4,
});

/** u before and after convolution with its SiLU, Δ before softplus, the scan, z and the gated product; x_proj, its columns, their norms. */
const ofMamba = ({ inner, dtRank, stateSize }: MambaShape, D: number): Elements => ({
  made: 6 * inner + 3 * (dtRank + 2 * stateSize) + D,
  // The convolution 2, the gated product 3; slices and norms of x_proj's columns 2 each.
  movedForward: 5 * inner + 4 * (dtRank + 2 * stateSize),
  // Gradients of u's SiLU 3, the gated product 5, convolution 3; a sum of u's gradients 3; u and z meet in the norm. Before them
  // u's SiLU, an op of its own where gradients are wanted, 2. Of x_proj's columns: norms 3, three times zeros around a slice 4, two
  // sums of them 6.
  movedBackward: 16 * inner + 13 * (dtRank + 2 * stateSize) + 3 * D,
  ops: 14,
  // in_proj goes by the parts of its output.
  products: 5,
});

function ofFeedForward({ inner, experts, expertsPerToken: k }: FeedForwardShape, D: number): Elements {
  if (experts === 1) {
    return { made: 3 * inner + D, movedForward: 3 * inner, movedBackward: 5 * inner + 3 * D, ops: 4, products: 3 };
  }
  return {
    // Logits and probabilities, weights and choices, places there and back; the rows and what becomes of them.
    made: 2 * experts + 4 * k + k * (2 * D + 3 * inner) + D,
    movedForward: 3 * experts + 3 * k * D + D + 3 * k * inner,
    movedBackward: 5 * experts + 8 * k * D + 4 * D + 5 * k * inner,
    ops: 10,
    products: 4,
  };
}

/** A layer with its two norms and two residual sums. */
function ofLayer({ mixer, feedForward }: LayerShape, D: number): Elements {
  const parts = [
    mixer.kind === 'attention' ? ofAttention(mixer, D) : ofMamba(mixer, D),
    ...(feedForward === undefined ? [] : [ofFeedForward(feedForward, D)]),
  ];
  const sum = (of: (elements: Elements) => number) => parts.reduce((total, part) => total + of(part), 0);
  const branches = parts.length;
  return {
    made: sum(({ made }) => made) + branches * 2 * D,
    // A norm reads and writes, a sum reads two and writes one.
    movedForward: sum(({ movedForward }) => movedForward) + branches * 5 * D,
    // A norm's gradient 3; the residual's gradient is copied, since both branches have it, and added to.
    movedBackward: sum(({ movedBackward }) => movedBackward) + branches * 8 * D,
    ops: sum(({ ops }) => ops) + branches * 2,
    products: sum(({ products }) => products),
  };
}

const elementBytes = 4;

/**
 * Bytes beside weights, caches and states at the widest moment of a forward pass over `rows` rows, of which `headRows` get
 * logits: the residual stream after every layer so far, and all that the layer at hand has made.
 */
export function eagerForwardBytes(shape: ModelShape, rows: number, headRows: number): number {
  const { hiddenSize: D, vocabularySize: V, layers } = shape;
  const residuals = (count: number) => count * D;
  const atLayers = layers.map((layer, i) => rows * (residuals(i + 1) + ofLayer(layer, D).made));
  const atHead = rows * (residuals(layers.length + 1) + D) + headRows * (D + V);
  return elementBytes * Math.max(atHead, ...atLayers);
}

/** Bytes of A = −exp(A_log) of every Mamba layer, which is worked out once and kept beside the weights. */
export const eagerKeptBytes = ({ layers }: ModelShape): number =>
  elementBytes *
  layers.reduce((sum, { mixer }) => sum + (mixer.kind === 'mamba' ? mixer.inner * mixer.stateSize : 0), 0);

/** Bytes that elementwise ops read and write in a forward pass over `rows` rows; norms of rows and gathers are among them. */
export const eagerMovedBytes = ({ hiddenSize: D, layers }: ModelShape, rows: number): number =>
  elementBytes * rows * (4 * D + layers.reduce((sum, layer) => sum + ofLayer(layer, D).movedForward, 0));

/** The same of loss and gradients; `rows` logits are read twice and their gradient is written. */
export const eagerMovedBackwardBytes = (
  { hiddenSize: D, vocabularySize: V, layers }: ModelShape,
  rows: number,
): number =>
  elementBytes * rows * (3 * V + 3 * D + layers.reduce((sum, layer) => sum + ofLayer(layer, D).movedBackward, 0));

/** Ops of a forward pass with its embedding, norm and head; gradients are some two and a half times as many. */
export const eagerOps = ({ hiddenSize: D, layers }: ModelShape): number =>
  4 + layers.reduce((sum, layer) => sum + ofLayer(layer, D).ops, 0);

/** Matrix products among them; the experts of a mixture are multiplied together. */
export const eagerProducts = ({ hiddenSize: D, layers }: ModelShape): number =>
  1 + layers.reduce((sum, layer) => sum + ofLayer(layer, D).products, 0);
