/** The parity cases of every op: what is missing does not compile. */
import type { OpName } from '../../src/contract/index.js';
import { accumulate } from './cases/accumulate.js';
import { adamW } from './cases/adamW.js';
import { add } from './cases/add.js';
import { appendKeyValue } from './cases/appendKeyValue.js';
import { attention, attentionBackward } from './cases/attention.js';
import { cast } from './cases/cast.js';
import { concat } from './cases/concat.js';
import { conv1d, conv1dBackward } from './cases/conv1d.js';
import { copy } from './cases/copy.js';
import { crossEntropy, crossEntropyBackward } from './cases/crossEntropy.js';
import { dequantize } from './cases/dequantize.js';
import { dropout } from './cases/dropout.js';
import { exp } from './cases/exp.js';
import { expand } from './cases/expand.js';
import { fill } from './cases/fill.js';
import { findNonFinite } from './cases/findNonFinite.js';
import { gatherColumns } from './cases/gatherColumns.js';
import { gatherRows } from './cases/gatherRows.js';
import { gelu, geluBackward } from './cases/gelu.js';
import { groupByExpert } from './cases/groupByExpert.js';
import { groupedMatmul, groupedWeightGrad } from './cases/groupedMatmul.js';
import { layerNorm, layerNormBackward } from './cases/layerNorm.js';
import { log } from './cases/log.js';
import { logSoftmax } from './cases/logSoftmax.js';
import { magnitudes } from './cases/magnitudes.js';
import { matmul } from './cases/matmul.js';
import { groupedMatmulInt8, matmulInt8 } from './cases/matmulInt8.js';
import { moeCombine, moeCombineBackward } from './cases/moeCombine.js';
import { mul } from './cases/mul.js';
import { gatherPanels, packPanels, unpackPanels } from './cases/packPanels.js';
import { pad } from './cases/pad.js';
import { quantizeGroups, quantizeRows } from './cases/quantizeRows.js';
import { rmsNorm, rmsNormBackward } from './cases/rmsNorm.js';
import { rotary } from './cases/rotary.js';
import { scale } from './cases/scale.js';
import { scatterAddRows } from './cases/scatterAddRows.js';
import { scatterColumns } from './cases/scatterColumns.js';
import { selectiveScan, selectiveScanBackward } from './cases/selectiveScan.js';
import { sigmoid } from './cases/sigmoid.js';
import { silu, siluBackward } from './cases/silu.js';
import { slice } from './cases/slice.js';
import { softmax } from './cases/softmax.js';
import { softplus } from './cases/softplus.js';
import { sum } from './cases/sum.js';
import { tanh } from './cases/tanh.js';
import { topK } from './cases/topK.js';
import { transpose } from './cases/transpose.js';
import type { ParityCase } from './harness.js';

export const cases: { readonly [N in OpName]: readonly ParityCase[] } = {
  matmul,
  groupedMatmul,
  matmulInt8,
  groupedMatmulInt8,
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
  quantizeGroups,
  packPanels,
  unpackPanels,
  gatherPanels,
};
