/** Both rules of every op: what is missing does not compile. The room's own files import no table: each function has its own. */
import type { OpName } from '../contract/index.js';
import { accumulateRules } from './ops/accumulate.js';
import { adamWRules } from './ops/adamW.js';
import { addRules } from './ops/add.js';
import { appendKeyValueRules } from './ops/appendKeyValue.js';
import { attentionBackwardRules, attentionRules } from './ops/attention.js';
import { castRules } from './ops/cast.js';
import { concatRules } from './ops/concat.js';
import { conv1dBackwardRules, conv1dRules } from './ops/conv1d.js';
import { copyRules } from './ops/copy.js';
import { crossEntropyBackwardRules, crossEntropyRules } from './ops/crossEntropy.js';
import { dequantizeRules } from './ops/dequantize.js';
import { dropoutRules } from './ops/dropout.js';
import { expRules } from './ops/exp.js';
import { fillRules } from './ops/fill.js';
import { findNonFiniteRules } from './ops/findNonFinite.js';
import { gatherColumnsRules, scatterColumnsRules } from './ops/gatherColumns.js';
import { gatherRowsRules, scatterAddRowsRules } from './ops/gatherRows.js';
import { geluBackwardRules, geluRules } from './ops/gelu.js';
import { groupByExpertRules } from './ops/groupByExpert.js';
import { groupedMatmulRules, groupedWeightGradRules } from './ops/groupedMatmul.js';
import { layerNormBackwardRules, layerNormRules } from './ops/layerNorm.js';
import { logRules } from './ops/log.js';
import { logSoftmaxRules } from './ops/logSoftmax.js';
import { magnitudesRules } from './ops/magnitudes.js';
import { matmulRules } from './ops/matmul.js';
import { groupedMatmulInt8Rules, matmulInt8Rules } from './ops/matmulInt8.js';
import { moeCombineBackwardRules, moeCombineRules } from './ops/moeCombine.js';
import { mulRules } from './ops/mul.js';
import { gatherPanelsRules, packPanelsRules, unpackPanelsRules } from './ops/packPanels.js';
import { quantizeGroupsRules } from './ops/quantizeGroups.js';
import { quantizeRowsRules } from './ops/quantizeRows.js';
import { rmsNormBackwardRules, rmsNormRules } from './ops/rmsNorm.js';
import { rotaryRules } from './ops/rotary.js';
import { scaleRules } from './ops/scale.js';
import { selectiveScanBackwardRules, selectiveScanRules } from './ops/selectiveScan.js';
import { sigmoidRules } from './ops/sigmoid.js';
import { siluBackwardRules, siluRules } from './ops/silu.js';
import { padRules, sliceRules } from './ops/slice.js';
import { softmaxRules } from './ops/softmax.js';
import { softplusRules } from './ops/softplus.js';
import { expandRules, sumRules } from './ops/sum.js';
import { tanhRules } from './ops/tanh.js';
import { topKRules } from './ops/topK.js';
import { transposeRules } from './ops/transpose.js';
import type { OpRules } from './rule.js';

export const rules: { readonly [N in OpName]: OpRules<N> } = {
  matmul: matmulRules,
  groupedMatmul: groupedMatmulRules,
  matmulInt8: matmulInt8Rules,
  groupedMatmulInt8: groupedMatmulInt8Rules,
  groupedWeightGrad: groupedWeightGradRules,
  gatherRows: gatherRowsRules,
  scatterAddRows: scatterAddRowsRules,
  gatherColumns: gatherColumnsRules,
  scatterColumns: scatterColumnsRules,
  rmsNorm: rmsNormRules,
  rmsNormBackward: rmsNormBackwardRules,
  layerNorm: layerNormRules,
  layerNormBackward: layerNormBackwardRules,
  softmax: softmaxRules,
  logSoftmax: logSoftmaxRules,
  silu: siluRules,
  siluBackward: siluBackwardRules,
  gelu: geluRules,
  geluBackward: geluBackwardRules,
  softplus: softplusRules,
  sigmoid: sigmoidRules,
  exp: expRules,
  log: logRules,
  tanh: tanhRules,
  add: addRules,
  mul: mulRules,
  scale: scaleRules,
  accumulate: accumulateRules,
  fill: fillRules,
  copy: copyRules,
  cast: castRules,
  dropout: dropoutRules,
  sum: sumRules,
  expand: expandRules,
  slice: sliceRules,
  pad: padRules,
  concat: concatRules,
  transpose: transposeRules,
  conv1d: conv1dRules,
  conv1dBackward: conv1dBackwardRules,
  selectiveScan: selectiveScanRules,
  selectiveScanBackward: selectiveScanBackwardRules,
  attention: attentionRules,
  attentionBackward: attentionBackwardRules,
  appendKeyValue: appendKeyValueRules,
  rotary: rotaryRules,
  dequantize: dequantizeRules,
  topK: topKRules,
  groupByExpert: groupByExpertRules,
  moeCombine: moeCombineRules,
  moeCombineBackward: moeCombineBackwardRules,
  crossEntropy: crossEntropyRules,
  crossEntropyBackward: crossEntropyBackwardRules,
  quantizeRows: quantizeRowsRules,
  adamW: adamWRules,
  magnitudes: magnitudesRules,
  findNonFinite: findNonFiniteRules,
  quantizeGroups: quantizeGroupsRules,
  packPanels: packPanelsRules,
  unpackPanels: unpackPanelsRules,
  gatherPanels: gatherPanelsRules,
};
