/**
 * Tensors: dense arrays on a device, the shape, forward and backward rule of every op, a tape that walks gradients back,
 * and scopes that free memory. The room knows neither layers nor which device runs; it refuses, with a typed error,
 * shapes and dtypes that an op cannot take, tensors that were disposed of, and gradients that would be silently wrong
 * (through ops without one, or after a change in place).
 *
 * ```ts
 * const device = await openDevice();
 * const weight = Tensor.from(device, [1, 2], [0.5, -0.25]);
 * weight.requiresGrad = true;
 * using tape = new Tape();
 * const dWeight = scope(() => {
 *   const x = Tensor.from(device, [3, 2], [1, 2, 3, 4, 5, 6]);
 *   const loss = tape.run(() => meanAll(softplus(matmul(x, weight))));
 *   return tape.gradients(loss, [weight])[0]!;
 * });
 * ```
 *
 * Start with `tensor.ts`, then `ops/silu.ts` (one op in one page), `rule.ts` (what a rule is) and `tape.ts`.
 */

export { CapturedStep } from './capturedStep.js';
export { Derived } from './derived.js';
export { accumulate } from './ops/accumulate.js';
export { type AdamWConstants, type AdamWStep, adamW, adamWConstants } from './ops/adamW.js';
export { add, sub } from './ops/add.js';
export { type AppendOptions, appendKeyValue } from './ops/appendKeyValue.js';
export {
  type AttentionOptions,
  attention,
  type KeyValuePages,
  type PagedAttentionOptions,
  pagedAttention,
} from './ops/attention.js';
export { type CastDType, cast } from './ops/cast.js';
export { concat } from './ops/concat.js';
export { conv1d } from './ops/conv1d.js';
export { copy } from './ops/copy.js';
export { crossEntropy } from './ops/crossEntropy.js';
export { dequantize } from './ops/dequantize.js';
export { dropout, type Seed } from './ops/dropout.js';
export { exp } from './ops/exp.js';
export { fill, zeros } from './ops/fill.js';
export { findNonFinite } from './ops/findNonFinite.js';
export { gatherColumns, scatterColumns } from './ops/gatherColumns.js';
export { gatherRows, scatterAddRows } from './ops/gatherRows.js';
export { gelu } from './ops/gelu.js';
export { type ExpertGroups, groupByExpert } from './ops/groupByExpert.js';
export { type GroupedMatmulOptions, groupedMatmul } from './ops/groupedMatmul.js';
export { layerNorm } from './ops/layerNorm.js';
export { log } from './ops/log.js';
export { logSoftmax } from './ops/logSoftmax.js';
export { magnitudes } from './ops/magnitudes.js';
export { type MatmulOptions, matmul } from './ops/matmul.js';
export { groupedMatmulInt8, type Int8Groups, type Int8Panels, matmulInt8 } from './ops/matmulInt8.js';
export { mean, meanAll } from './ops/mean.js';
export { moeCombine } from './ops/moeCombine.js';
export { mul } from './ops/mul.js';
export { gatherPanels, packPanels, panelShape, unpackPanels } from './ops/packPanels.js';
export { quantizeGroups } from './ops/quantizeGroups.js';
export { quantizeRows } from './ops/quantizeRows.js';
export { rmsNorm } from './ops/rmsNorm.js';
export { type RotaryOptions, rotary } from './ops/rotary.js';
export { scale } from './ops/scale.js';
export { selectiveScan } from './ops/selectiveScan.js';
export { sigmoid } from './ops/sigmoid.js';
export { silu } from './ops/silu.js';
export { pad, slice } from './ops/slice.js';
export { softmax } from './ops/softmax.js';
export { softplus } from './ops/softplus.js';
export { expand, sum, sumAll } from './ops/sum.js';
export { tanh } from './ops/tanh.js';
export { topK } from './ops/topK.js';
export { transpose } from './ops/transpose.js';
export { isRecorded, recomputed, type TensorTree, untaped } from './recording.js';
export { rules } from './rules.js';
export { scope, unscoped } from './scope.js';
export type { SequenceOutput, SequenceState } from './sequences.js';
export { countOf, formatShape, type Shape, sameShape } from './shape.js';
export { Tape } from './tape.js';
export { type Storage, Tensor } from './tensor.js';
