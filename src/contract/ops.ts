/**
 * The op table: every op that a device can run, with its operands, sizes and constants.
 *
 * This is the one place where an op is declared. The tensor room has a shape rule and a backward rule for each member,
 * each device has a kernel for each member, the tests have cases for each member, and `kernels/contract.h` is generated
 * from this table (`scripts/generate-contract.mjs`): what is missing does not compile.
 *
 * Shape letters: T rows of a flat ragged batch, S segments, D hidden, C channels, N state size, K convolution width,
 * H query heads, G key/value heads, Dh head size, E experts, V vocabulary. All tensors are dense and row-major.
 * An operand's direction: `in`, `out` (made by the op), `inout` (changed in place); `?` marks what may be absent.
 */
export type Direction = 'in' | 'in?' | 'out' | 'out?' | 'inout' | 'inout?';

export interface OpSchema {
  readonly opcode: number;
  readonly tensors: Readonly<Record<string, Direction>>;
  /** Lists of tensors, one per expert or per part. */
  readonly lists: Readonly<Record<string, 'in' | 'in?' | 'out'>>;
  readonly ints: readonly string[];
  readonly floats: readonly string[];
}

function op<
  const T extends Record<string, Direction>,
  const I extends readonly string[] = [],
  const F extends readonly string[] = [],
  const L extends Record<string, 'in' | 'in?' | 'out'> = Record<never, never>,
>(
  opcode: number,
  tensors: T,
  ints?: I,
  floats?: F,
  lists?: L,
): { opcode: number; tensors: T; lists: L; ints: I; floats: F } {
  return { opcode, tensors, lists: (lists ?? {}) as L, ints: (ints ?? []) as I, floats: (floats ?? []) as F };
}

export const ops = {
  // Products. `mode` is one of `matmulModes`; B may be f32, bf16, f16 or i8 with one f32 scale per row of B.
  matmul: op(1, { a: 'in', b: 'in', bScale: 'in?', bias: 'in?', out: 'out' }, ['rows', 'inner', 'columns', 'mode']),
  // Rows r in [offsets[e], offsets[e+1]) of A are multiplied by B[e], which is stored [bRows, bColumns]; mode nt or nn.
  groupedMatmul: op(2, { a: 'in', offsets: 'in', out: 'out' }, ['rows', 'inner', 'columns', 'experts', 'mode'], [], {
    b: 'in',
    bScale: 'in?',
  }),
  // out[e] (columns, inner) = sum over the rows r of expert e of dOut[r]ᵀ a[r]; zero for an expert without rows.
  groupedWeightGrad: op(3, { a: 'in', dOut: 'in', offsets: 'in' }, ['rows', 'inner', 'columns', 'experts'], [], {
    out: 'out',
  }),

  // Gather and scatter. Rows of a table of any dtype (an embedding) or columns of a matrix, by i32 indices.
  gatherRows: op(4, { table: 'in', tableScale: 'in?', indices: 'in', out: 'out' }, ['rows', 'columns', 'tableRows']),
  scatterAddRows: op(5, { x: 'in', indices: 'in', out: 'out' }, ['rows', 'columns', 'tableRows']),
  gatherColumns: op(6, { x: 'in', indices: 'in', out: 'out' }, ['rows', 'columns', 'picked']),
  scatterColumns: op(7, { x: 'in', indices: 'in', out: 'out' }, ['rows', 'columns', 'picked']),

  // Norms over the last axis.
  rmsNorm: op(8, { x: 'in', weight: 'in', out: 'out', inverseRms: 'out' }, ['rows', 'columns'], ['eps']),
  rmsNormBackward: op(9, { x: 'in', weight: 'in', inverseRms: 'in', dOut: 'in', dX: 'out?', dWeight: 'out?' }, [
    'rows',
    'columns',
  ]),
  layerNorm: op(
    10,
    { x: 'in', weight: 'in', bias: 'in', out: 'out', mean: 'out', inverseDeviation: 'out' },
    ['rows', 'columns'],
    ['eps'],
  ),
  layerNormBackward: op(
    11,
    {
      x: 'in',
      weight: 'in',
      mean: 'in',
      inverseDeviation: 'in',
      dOut: 'in',
      dX: 'out?',
      dWeight: 'out?',
      dBias: 'out?',
    },
    ['rows', 'columns'],
  ),
  softmax: op(12, { x: 'in', out: 'out' }, ['rows', 'columns']),
  logSoftmax: op(13, { x: 'in', out: 'out' }, ['rows', 'columns']),

  // Elementwise.
  // With `up` out is silu(x) · up.
  silu: op(14, { x: 'in', up: 'in?', out: 'out' }, ['count']),
  siluBackward: op(15, { x: 'in', up: 'in?', dOut: 'in', dX: 'out', dUp: 'out?' }, ['count']),
  gelu: op(16, { x: 'in', out: 'out' }, ['count']),
  geluBackward: op(17, { x: 'in', dOut: 'in', dX: 'out' }, ['count']),
  softplus: op(18, { x: 'in', out: 'out' }, ['count']),
  sigmoid: op(19, { x: 'in', out: 'out' }, ['count']),
  exp: op(20, { x: 'in', out: 'out' }, ['count']),
  log: op(21, { x: 'in', out: 'out' }, ['count']),
  tanh: op(22, { x: 'in', out: 'out' }, ['count']),
  // B is (bRows, bColumns), each either A's size or 1 (broadcast).
  add: op(23, { a: 'in', b: 'in', out: 'out' }, ['rows', 'columns', 'bRows', 'bColumns']),
  mul: op(24, { a: 'in', b: 'in', out: 'out' }, ['rows', 'columns', 'bRows', 'bColumns']),
  // out = factor · x + shift
  scale: op(25, { x: 'in', out: 'out' }, ['count'], ['factor', 'shift']),
  // into += x
  accumulate: op(26, { x: 'in', into: 'inout' }, ['count']),
  fill: op(27, { out: 'out' }, ['count'], ['value']),
  copy: op(28, { x: 'in', into: 'inout' }, ['count']),
  cast: op(29, { x: 'in', out: 'out' }, ['count']),
  dropout: op(30, { x: 'in', out: 'out' }, ['count', 'seedLow', 'seedHigh'], ['probability']),

  // Reductions and layout. A tensor is seen as (outer, size, inner).
  sum: op(31, { x: 'in', out: 'out' }, ['outer', 'size', 'inner']),
  expand: op(32, { x: 'in', out: 'out' }, ['outer', 'size', 'inner']),
  slice: op(33, { x: 'in', out: 'out' }, ['outer', 'size', 'inner', 'start', 'length']),
  pad: op(34, { x: 'in', out: 'out' }, ['outer', 'size', 'inner', 'start', 'length']),
  // Parts are (outer, sizes[i], inner); `sizes` is an i32 tensor.
  concat: op(35, { sizes: 'in', out: 'out' }, ['outer', 'size', 'inner', 'parts'], [], { x: 'in' }),
  transpose: op(36, { x: 'in', out: 'out' }, ['outer', 'rows', 'columns', 'inner']),

  // Causal depthwise convolution over segments. State rows are the last K inputs, oldest first: (S, K, C).
  // `initial`/`final` are per segment; `state` is a pool of such blocks, read and written in place at `slots[s]`.
  // With `silu` 1 out is what `silu` makes of the convolution.
  conv1d: op(
    37,
    {
      x: 'in',
      weight: 'in',
      bias: 'in?',
      offsets: 'in',
      initial: 'in?',
      state: 'inout?',
      slots: 'in?',
      out: 'out',
      final: 'out?',
    },
    ['rows', 'segments', 'channels', 'width', 'stateSlots', 'silu'],
  ),
  conv1dBackward: op(
    38,
    {
      x: 'in',
      weight: 'in',
      offsets: 'in',
      initial: 'in?',
      dOut: 'in?',
      dFinal: 'in?',
      dX: 'out?',
      dWeight: 'out?',
      dBias: 'out?',
      dInitial: 'out?',
    },
    ['rows', 'segments', 'channels', 'width'],
  ),
  // Selective scan (papers: Mamba; Jamba's mixer). a is (C, N) and negative; b, c are (T, N); state is (S, N, C).
  //   s_t[n, ch] = exp(delta_t[ch] a[ch, n]) s_{t-1}[n, ch] + delta_t[ch] b_t[n] u_t[ch]
  //   out_t[ch]  = sum_n s_t[n, ch] c_t[n] + d[ch] u_t[ch]
  // With `softplus` 1 the steps delta_t are what `softplus` makes of the operand. `steps` are these delta_t, and `checkpoints`
  // the state before every `scanChunk`-th step of a segment, (rows / scanChunk + segments, N, C) rounded up: chunk i of segment s
  // lies at offsets[s] / scanChunk + s + i. What backward passes need.
  selectiveScan: op(
    39,
    {
      u: 'in',
      delta: 'in',
      a: 'in',
      b: 'in',
      c: 'in',
      d: 'in',
      offsets: 'in',
      initial: 'in?',
      state: 'inout?',
      slots: 'in?',
      out: 'out',
      final: 'out?',
      steps: 'out?',
      checkpoints: 'out?',
    },
    ['rows', 'segments', 'channels', 'stateSize', 'stateSlots', 'softplus'],
  ),
  // delta holds the steps, and `checkpoints` the states, that the forward pass left; with `softplus` 1 dDelta is the gradient of
  // what softplus made them of. `partials` are the sums over blocks of `scanChannelBlock` channels of dB and dC: (blocks, T, 2N).
  selectiveScanBackward: op(
    40,
    {
      u: 'in',
      delta: 'in',
      a: 'in',
      b: 'in',
      c: 'in',
      d: 'in',
      offsets: 'in',
      checkpoints: 'in',
      dOut: 'in?',
      dFinal: 'in?',
      dU: 'out',
      dDelta: 'out',
      dA: 'out',
      dB: 'out',
      dC: 'out',
      dD: 'out',
      dInitial: 'out?',
      partials: 'out',
    },
    ['rows', 'segments', 'channels', 'stateSize', 'softplus'],
  ),

  // Grouped-query attention over segments: q (T, H, Dh), k and v (T, G, Dh) of the same rows, or pages of earlier and
  // present keys (pages, pageTokens, G, Dh) found through `pageTable` (S, maxPages). starts[s] is the position of the
  // segment's first row in its sequence (0 when absent). bf16Products: q · scale, and the weights of the values, are rounded
  // to bf16 as pages of bf16 already are.
  attention: op(
    41,
    {
      q: 'in',
      k: 'in?',
      v: 'in?',
      keyPages: 'in?',
      valuePages: 'in?',
      pageTable: 'in?',
      offsets: 'in',
      starts: 'in?',
      out: 'out',
      logSumExp: 'out',
    },
    ['rows', 'segments', 'heads', 'kvHeads', 'headSize', 'causal', 'pageTokens', 'maxPages', 'pages', 'bf16Products'],
    ['scale'],
  ),
  // With p a row's weights and δ_j = dOut·v_j - dOut·out, rest = Σ_j p_j δ_j (T, H): zero but for what rounding leaves, which is
  // taken off every δ, so that gradients are right where they are far smaller than dOut·v. A row with one key has none.
  attentionBackward: op(
    42,
    {
      q: 'in',
      k: 'in',
      v: 'in',
      offsets: 'in',
      out: 'in',
      logSumExp: 'in',
      dOut: 'in',
      dQ: 'out',
      dK: 'out',
      dV: 'out',
      rest: 'out',
    },
    ['rows', 'segments', 'heads', 'kvHeads', 'headSize', 'causal'],
    ['scale'],
  ),
  // Writes k and v of the present rows into their pages (converted to the pages' dtype).
  appendKeyValue: op(
    43,
    {
      k: 'in',
      v: 'in',
      pageTable: 'in',
      offsets: 'in',
      starts: 'in',
      keyPages: 'inout',
      valuePages: 'inout',
    },
    ['rows', 'segments', 'width', 'pageTokens', 'maxPages', 'pages'],
  ),

  // Rotary positions (arXiv 2104.09864): a head's elements i and i + Dh/2 are turned by the row's position in its sequence
  // times frequencies[i], and multiplied by `factor`; x is (T, H, Dh), frequencies (Dh/2). With `inverse` 1 they are turned back,
  // which is the gradient. starts[s] as in `attention`.
  rotary: op(
    59,
    { x: 'in', frequencies: 'in', offsets: 'in', starts: 'in?', out: 'out' },
    ['rows', 'segments', 'heads', 'headSize', 'inverse'],
    ['factor'],
  ),

  // Mixture of experts. topK: the k largest of each row, largest first; of equals the lower index wins.
  topK: op(44, { x: 'in', values: 'out', indices: 'out' }, ['rows', 'columns', 'k']),
  // Sorts the rows·k choices by expert, stable. source[p] is the row of sorted place p, position[t·k+j] the place of a
  // choice, offsets (E+1) the first place of each expert.
  groupByExpert: op(45, { indices: 'in', source: 'out', position: 'out', offsets: 'out' }, ['rows', 'k', 'experts']),
  // out[t] = sum_j weights[t, j] y[position[t·k+j]], j ascending.
  moeCombine: op(46, { y: 'in', weights: 'in', position: 'in', out: 'out' }, ['rows', 'k', 'columns']),
  moeCombineBackward: op(47, { y: 'in', weights: 'in', position: 'in', dOut: 'in', dY: 'out?', dWeights: 'out?' }, [
    'rows',
    'k',
    'columns',
  ]),

  // loss[t] = logSumExp(logits[t]) - logits[t, labels[t]]; 0 where labels[t] < 0 (ignored).
  crossEntropy: op(48, { logits: 'in', labels: 'in', loss: 'out', logSumExp: 'out' }, ['rows', 'columns']),
  crossEntropyBackward: op(49, { logits: 'in', labels: 'in', logSumExp: 'in', dLoss: 'in', dLogits: 'out' }, [
    'rows',
    'columns',
  ]),

  // scale[r] = max|x[r]| / 127; values = clamp(round_half_even(x / scale), -127, 127); a zero row has scale 0. A NaN makes
  // its row's scale NaN.
  quantizeRows: op(50, { x: 'in', values: 'out', scale: 'out' }, ['rows', 'columns']),

  // Integer products of int8 rows, exact in i32 within a group of `group` elements, whose sums are scaled and added in f32:
  //   out[r, c] = (sum over groups g of aScale[r, g] · (sum over i in g of a[r, i] b[c, i])) · bScale[c] + bias[c]
  // a, aScale and aSums come from `quantizeGroups`; b (columns, inner) lies in panels, as `packPanels` makes them.
  matmulInt8: op(51, { a: 'in', aScale: 'in', aSums: 'in', b: 'in', bScale: 'in', bias: 'in?', out: 'out' }, [
    'rows',
    'inner',
    'columns',
    'group',
  ]),
  // The same for rows sorted by expert, with one b (columns, inner) for each.
  groupedMatmulInt8: op(
    52,
    { a: 'in', aScale: 'in', aSums: 'in', offsets: 'in', out: 'out' },
    ['rows', 'inner', 'columns', 'group', 'experts'],
    [],
    { b: 'in', bScale: 'in' },
  ),
  // For each `group` elements of a row: scale = max|x| / 127, values = clamp(round_half_even(x · (127 / max|x|)), -127, 127), zeros
  // where the reciprocal is not finite. A NaN makes its group's scale NaN. values (rows, inner') with inner' = `columns` rounded up to a
  // multiple of `panelInner` (zeros behind), scale (rows, inner' / group), and sums, the sum of the values of each group.
  // With a gate, of x's size, it is x · silu(gate) that is quantized.
  quantizeGroups: op(53, { x: 'in', gate: 'in?', values: 'out', scale: 'out', sums: 'out' }, [
    'rows',
    'columns',
    'group',
  ]),
  // int8 rows (rows, columns) in panels of `panelColumns` rows: out[p, i / 4, r, i % 4] is element i of row p · panelColumns
  // + r, zero outside; as many panels as hold all rows, rows as long as `quantizeGroups` makes them.
  packPanels: op(54, { x: 'in', out: 'out' }, ['rows', 'columns']),
  unpackPanels: op(55, { x: 'in', out: 'out' }, ['rows', 'columns']),
  // As `gatherRows`, of an int8 table in panels.
  gatherPanels: op(58, { table: 'in', tableScale: 'in', indices: 'in', out: 'out' }, ['rows', 'columns', 'tableRows']),

  // The values of whole blocks in one of ggml's formats, by the number it has in `blockFormats`: blocks are bytes, as i8.
  dequantize: op(60, { blocks: 'in', out: 'out' }, ['count', 'format']),

  // One step of AdamW, in place (Loshchilov and Hutter 2019): g = gradientScale · gradient; first and second are the moments
  // of g, the corrections 1 / (1 - beta^step); parameter = (1 - rate · decay) · parameter - rate · m / (sqrt(v) + eps).
  // `rounded` becomes the parameter in bf16.
  adamW: op(
    56,
    { parameter: 'inout', gradient: 'in', first: 'inout', second: 'inout', rounded: 'inout?' },
    ['count'],
    ['rate', 'decay', 'beta1', 'beta2', 'eps', 'firstCorrection', 'secondCorrection', 'gradientScale'],
  ),
  // Of each block of `magnitudeBlock` elements: squares = sum of x², largest = max |x|; NaN is in squares, not in largest.
  magnitudes: op(57, { x: 'in', squares: 'out', largest: 'out' }, ['count']),
  // Of each block of `magnitudeBlock` elements of any float type: the first that is not finite, counted from the block's own, or -1.
  findNonFinite: op(61, { x: 'in', out: 'out' }, ['count']),
} as const satisfies Record<string, OpSchema>;

export type OpName = keyof typeof ops;
export type Schema<N extends OpName> = (typeof ops)[N];

export const opNames = Object.keys(ops) as OpName[];

/** How `matmul` reads its operands, by the layout in memory. `rows`, `inner`, `columns` are m, k, n. */
export const matmulModes = {
  /** out (m, n) = a (m, k) · b (n, k)ᵀ: a linear layer with its weight as it lies on disk, [out, in]. */
  nt: 0,
  /** out (m, n) = a (m, k) · b (k, n). */
  nn: 1,
  /** out (m, n) = a (k, m)ᵀ · b (k, n). */
  tn: 2,
} as const;
export type MatmulMode = keyof typeof matmulModes;

/** Steps between the states that a scan keeps for its gradient. */
export const scanChunk = 64;
/** Channels whose contributions to dB and dC are summed before they meet the other blocks. */
export const scanChannelBlock = 64;
/** Elements that `magnitudes` and `findNonFinite` take together. */
export const magnitudeBlock = 4096;
/** Keys of an attention block, at absolute positions: pages hold a multiple of it. */
export const attentionKeyBlock = 64;
/** Largest state size N, head size Dh and convolution width K that kernels have room for. */
export const maxStateSize = 256;
export const maxHeadSize = 512;
export const maxConvWidth = 64;
/** Columns of out that a panel of an int8 matrix holds. */
export const panelColumns = 16;
/** Rows in panels are this long, or a multiple of it: groups of activations divide it. */
export const panelInner = 32;
/** Largest number of experts chosen per token. */
export const maxTopK = 64;
