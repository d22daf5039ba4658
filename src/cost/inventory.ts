/**
 * The tensors of a model by their sizes: the one list that parameters, bytes, products and shares are all derived from.
 * Names are those on disk (Jamba: arXiv 2403.19887; the families' own definitions in Hugging Face Transformers).
 */
import type { AttentionShape, FeedForwardShape, LayerShape, MambaShape, ModelShape, Part } from './shape.js';

/** A matrix (outputs, inputs) that rows are multiplied with, and an optional bias (outputs). */
export interface MatrixInventory {
  readonly part: Part;
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly bias: boolean;
  /** Copies in memory: E of an expert's matrix, 0 of a tied head (it is the embedding). */
  readonly stored: number;
  /** Copies that a token is multiplied with: k of E, 0 of an embedding (it is looked up). */
  readonly used: number;
  /** Which side tensor parallelism divides (Shoeybi et al., arXiv 1909.08053), if any. */
  readonly split: 'outputs' | 'inputs' | 'none';
  /** What that side is divided into at most: heads, or its single rows. */
  readonly units: number;
}

/** Parameters that are no matrix of a product: norms, convolutions, A, D. */
export interface VectorInventory {
  readonly part: Part;
  readonly name: string;
  readonly size: number;
  /** Whether tensor parallelism divides it. */
  readonly split: boolean;
}

export interface Inventory {
  readonly matrices: readonly MatrixInventory[];
  readonly vectors: readonly VectorInventory[];
}

const joined = (inventories: readonly Inventory[]): Inventory => ({
  matrices: inventories.flatMap(({ matrices }) => matrices),
  vectors: inventories.flatMap(({ vectors }) => vectors),
});

const matrix = (
  part: Part,
  name: string,
  [outputs, inputs]: readonly [number, number],
  split: MatrixInventory['split'],
  { bias = false, stored = 1, used = 1, units = split === 'inputs' ? inputs : outputs } = {},
): MatrixInventory => ({ part, name, outputs, inputs, bias, stored, used, split, units });

/** q, k, v and o (Vaswani et al., arXiv 1706.03762; Jamba's are without biases, arXiv 2403.19887). */
export function attentionInventory(
  { heads, kvHeads, headSize, bias, headNorms, relativePositions }: AttentionShape,
  hidden: number,
): Inventory {
  const query = { bias: bias !== 'none', units: heads };
  const keyValue = { bias: bias !== 'none', units: kvHeads };
  const norms: VectorInventory[] = headNorms
    ? [{ part: 'attention', name: 'q_norm, k_norm', size: 2 * headSize, split: false }]
    : [];
  const table: VectorInventory[] =
    relativePositions > 0
      ? [{ part: 'attention', name: 'relative_attention_bias', size: relativePositions * heads, split: true }]
      : [];
  return {
    matrices: [
      matrix('attention', 'q_proj', [heads * headSize, hidden], 'outputs', query),
      matrix('attention', 'k_proj', [kvHeads * headSize, hidden], 'outputs', keyValue),
      matrix('attention', 'v_proj', [kvHeads * headSize, hidden], 'outputs', keyValue),
      matrix('attention', 'o_proj', [hidden, heads * headSize], 'inputs', { bias: bias === 'all', units: heads }),
    ],
    vectors: [...norms, ...table],
  };
}

/** The Mamba mixer (Gu and Dao, arXiv 2312.00752; with Jamba's norms, arXiv 2403.19887). */
export function mambaInventory(
  { inner, stateSize, convWidth, dtRank, convBias, projectionBias, innerNorms }: MambaShape,
  hidden: number,
): Inventory {
  const vector = (name: string, size: number, split: boolean): VectorInventory => ({
    part: 'mamba',
    name,
    size,
    split,
  });
  return {
    matrices: [
      matrix('mamba', 'in_proj', [2 * inner, hidden], 'outputs', { bias: projectionBias }),
      matrix('mamba', 'x_proj', [dtRank + 2 * stateSize, inner], 'inputs'),
      matrix('mamba', 'dt_proj', [inner, dtRank], 'outputs', { bias: true }),
      matrix('mamba', 'out_proj', [hidden, inner], 'inputs', { bias: projectionBias }),
    ],
    vectors: [
      vector('conv1d.weight', inner * convWidth, true),
      ...(convBias ? [vector('conv1d.bias', inner, true)] : []),
      vector('A_log', inner * stateSize, true),
      vector('D', inner, true),
      ...(innerNorms ? [vector('dt_layernorm, b_layernorm, c_layernorm', dtRank + 2 * stateSize, false)] : []),
    ],
  };
}

/** A dense network, or a router (E, D) and E experts (arXiv 2403.19887). */
export function feedForwardInventory(
  { inner, gated, bias, experts, expertsPerToken }: FeedForwardShape,
  hidden: number,
): Inventory {
  const part = experts > 1 ? 'experts' : 'denseMlp';
  const copies = { bias, stored: experts, used: expertsPerToken };
  return {
    matrices: [
      ...(experts > 1 ? [matrix('router', 'router', [experts, hidden], 'none')] : []),
      ...(gated ? [matrix(part, 'gate_proj', [inner, hidden], 'outputs', copies)] : []),
      matrix(part, 'up_proj', [inner, hidden], 'outputs', copies),
      matrix(part, 'down_proj', [hidden, inner], 'inputs', copies),
    ],
    vectors: [],
  };
}

/** One layer with its norms; `normBias` is the model's. */
export function layerInventory(layer: LayerShape, hidden: number, normBias: boolean): Inventory {
  const { mixer, crossAttention, feedForward, norms } = layer;
  const size = norms * hidden * (normBias ? 2 : 1);
  return joined([
    mixer.kind === 'attention' ? attentionInventory(mixer, hidden) : mambaInventory(mixer, hidden),
    ...(crossAttention === undefined ? [] : [attentionInventory(crossAttention, hidden)]),
    ...(feedForward === undefined ? [] : [feedForwardInventory(feedForward, hidden)]),
    { matrices: [], vectors: [{ part: 'norms', name: 'norms', size, split: false }] },
  ]);
}

/** What stands before and after the layers: embeddings, outer norms, head. */
export function outerInventory(shape: ModelShape): Inventory {
  const { vocabularySize: V, hiddenSize: D, tiedHead, headBias, headTransform, normBias, outerNorms } = shape;
  const { positions, tokenTypes } = shape;
  const normSize = D * (normBias ? 2 : 1);
  const vector = (part: Part, name: string, size: number): VectorInventory[] =>
    size > 0 ? [{ part, name, size, split: false }] : [];
  const table = (name: string, rows: number, split: 'outputs' | 'none' = 'none'): MatrixInventory[] =>
    rows > 0 ? [matrix('embedding', name, [rows, D], split, { used: 0 })] : [];
  return {
    matrices: [
      ...table('embed_tokens', V, 'outputs'),
      ...table('position_embeddings', positions),
      ...table('token_type_embeddings', tokenTypes),
      ...(headTransform ? [matrix('head', 'transform', [D, D], 'none', { bias: true })] : []),
      matrix('head', 'lm_head', [V, D], 'outputs', { stored: tiedHead ? 0 : 1 }),
    ],
    vectors: [
      ...vector('norms', 'outer norms', outerNorms * normSize),
      ...vector('head', 'transform norm', headTransform ? normSize : 0),
      ...vector('head', 'head bias', headBias ? V : 0),
    ],
  };
}

/** Every tensor of the model. */
export function inventory(shape: ModelShape): Inventory {
  const { hiddenSize, normBias, layers, encoderLayers = [] } = shape;
  return joined([
    outerInventory(shape),
    ...[...encoderLayers, ...layers].map((layer) => layerInventory(layer, hiddenSize, normBias)),
  ]);
}

/** Weights of one copy of a matrix, its bias included. */
export const matrixParameters = ({ outputs, inputs, bias }: MatrixInventory): number =>
  outputs * inputs + (bias ? outputs : 0);
