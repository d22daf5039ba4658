/** The reference kernel of every op: what is missing does not compile. */
import type { OpName } from '../../contract/index.js';
import type { Kernel } from './operands.js';
import { accumulate } from './ops/accumulate.js';
import { adamW } from './ops/adamW.js';
import { add } from './ops/add.js';
import { appendKeyValue } from './ops/appendKeyValue.js';
import { attention, attentionBackward } from './ops/attention.js';
import { cast } from './ops/cast.js';
import { concat } from './ops/concat.js';
import { conv1d, conv1dBackward } from './ops/conv1d.js';
import { copy } from './ops/copy.js';
import { crossEntropy, crossEntropyBackward } from './ops/crossEntropy.js';
import { dequantize } from './ops/dequantize.js';
import { dropout } from './ops/dropout.js';
import { exp } from './ops/exp.js';
import { expand } from './ops/expand.js';
import { fill } from './ops/fill.js';
import { findNonFinite } from './ops/findNonFinite.js';
import { gatherColumns } from './ops/gatherColumns.js';
import { gatherRows } from './ops/gatherRows.js';
import { gelu, geluBackward } from './ops/gelu.js';
import { groupByExpert } from './ops/groupByExpert.js';
import { groupedMatmul, groupedWeightGrad } from './ops/groupedMatmul.js';
import { layerNorm, layerNormBackward } from './ops/layerNorm.js';
import { log } from './ops/log.js';
import { logSoftmax } from './ops/logSoftmax.js';
import { magnitudes } from './ops/magnitudes.js';
import { matmul } from './ops/matmul.js';
import { groupedMatmulInt8, matmulInt8 } from './ops/matmulInt8.js';
import { moeCombine, moeCombineBackward } from './ops/moeCombine.js';
import { mul } from './ops/mul.js';
import { gatherPanels, packPanels, unpackPanels } from './ops/packPanels.js';
import { pad } from './ops/pad.js';
import { quantizeGroups, quantizeRows } from './ops/quantizeRows.js';
import { rmsNorm, rmsNormBackward } from './ops/rmsNorm.js';
import { rotary } from './ops/rotary.js';
import { scale } from './ops/scale.js';
import { scatterAddRows } from './ops/scatterAddRows.js';
import { scatterColumns } from './ops/scatterColumns.js';
import { selectiveScan, selectiveScanBackward } from './ops/selectiveScan.js';
import { sigmoid } from './ops/sigmoid.js';
import { silu, siluBackward } from './ops/silu.js';
import { slice } from './ops/slice.js';
import { softmax } from './ops/softmax.js';
import { softplus } from './ops/softplus.js';
import { sum } from './ops/sum.js';
import { tanh } from './ops/tanh.js';
import { topK } from './ops/topK.js';
import { transpose } from './ops/transpose.js';

export const kernels: { readonly [N in OpName]: Kernel<N> } = {
  matmul,
  groupedMatmul,
  matmulInt8,
  groupedMatmulInt8,
  quantizeGroups,
  packPanels,
  unpackPanels,
  gatherPanels,
  groupedWeightGrad,
  gatherRows,
  scatterAddRows,
  gatherColumns,
  scatterColumns,
  rmsNorm,
  rmsNormBackward,
  layerNorm,
  layerNormBackward,
  softmax,
  logSoftmax,
  silu,
  siluBackward,
  gelu,
  geluBackward,
  softplus,
  sigmoid,
  exp,
  log,
  tanh,
  add,
  mul,
  scale,
  accumulate,
  fill,
  copy,
  cast,
  dropout,
  sum,
  expand,
  slice,
  pad,
  concat,
  transpose,
  conv1d,
  conv1dBackward,
  selectiveScan,
  selectiveScanBackward,
  attention,
  attentionBackward,
  appendKeyValue,
  rotary,
  dequantize,
  topK,
  groupByExpert,
  moeCombine,
  moeCombineBackward,
  crossEntropy,
  crossEntropyBackward,
  quantizeRows,
  adamW,
  magnitudes,
  findNonFinite,
};
