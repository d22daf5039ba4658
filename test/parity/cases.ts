/** The parity cases of every op: what is missing does not compile. */
import type { OpName } from '../../src/contract/index.js';
import { appendKeyValue } from './cases/appendKeyValue.js';
import { attention, attentionBackward } from './cases/attention.js';
import { conv1d, conv1dBackward } from './cases/conv1d.js';
import { groupByExpert } from './cases/groupByExpert.js';
import { groupedMatmul, groupedWeightGrad } from './cases/groupedMatmul.js';
import { matmul } from './cases/matmul.js';
import { moeCombine, moeCombineBackward } from './cases/moeCombine.js';
import { rmsNorm, rmsNormBackward } from './cases/rmsNorm.js';
import { selectiveScan, selectiveScanBackward } from './cases/selectiveScan.js';
import { silu, siluBackward } from './cases/silu.js';
import { topK } from './cases/topK.js';
import type { ParityCase } from './harness.js';

export const cases: { readonly [N in OpName]: readonly ParityCase[] } = {
  matmul,
  groupedMatmul,
  groupedWeightGrad,
  gatherRows: [],
  scatterAddRows: [],
  gatherColumns: [],
  scatterColumns: [],
  rmsNorm,
  rmsNormBackward,
  layerNorm: [],
  layerNormBackward: [],
  softmax: [],
  logSoftmax: [],
  silu,
  siluBackward,
  gelu: [],
  geluBackward: [],
  softplus: [],
  sigmoid: [],
  exp: [],
  log: [],
  tanh: [],
  add: [],
  mul: [],
  scale: [],
  accumulate: [],
  fill: [],
  copy: [],
  cast: [],
  dropout: [],
  sum: [],
  expand: [],
  slice: [],
  pad: [],
  concat: [],
  transpose: [],
  conv1d,
  conv1dBackward,
  selectiveScan,
  selectiveScanBackward,
  attention,
  attentionBackward,
  appendKeyValue,
  topK,
  groupByExpert,
  moeCombine,
  moeCombineBackward,
  crossEntropy: [],
  crossEntropyBackward: [],
  quantizeRows: [],
};
