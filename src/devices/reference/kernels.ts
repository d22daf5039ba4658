/** The reference kernel of every op: what is missing does not compile. */
import type { OpName } from '../../contract/index.js';
import type { Kernel } from './operands.js';
import { matmul } from './ops/matmul.js';
import { rmsNorm, rmsNormBackward } from './ops/rmsNorm.js';
import { silu, siluBackward } from './ops/silu.js';

const unwritten = () => {
  throw new Error('unwritten');
};

export const kernels: { readonly [N in OpName]: Kernel<N> } = {
  matmul,
  groupedMatmul: unwritten,
  groupedWeightGrad: unwritten,
  gatherRows: unwritten,
  scatterAddRows: unwritten,
  gatherColumns: unwritten,
  scatterColumns: unwritten,
  rmsNorm,
  rmsNormBackward,
  layerNorm: unwritten,
  layerNormBackward: unwritten,
  softmax: unwritten,
  logSoftmax: unwritten,
  silu,
  siluBackward,
  gelu: unwritten,
  geluBackward: unwritten,
  softplus: unwritten,
  sigmoid: unwritten,
  exp: unwritten,
  log: unwritten,
  tanh: unwritten,
  add: unwritten,
  mul: unwritten,
  scale: unwritten,
  accumulate: unwritten,
  fill: unwritten,
  copy: unwritten,
  cast: unwritten,
  dropout: unwritten,
  sum: unwritten,
  expand: unwritten,
  slice: unwritten,
  pad: unwritten,
  concat: unwritten,
  transpose: unwritten,
  conv1d: unwritten,
  conv1dBackward: unwritten,
  selectiveScan: unwritten,
  selectiveScanBackward: unwritten,
  attention: unwritten,
  attentionBackward: unwritten,
  appendKeyValue: unwritten,
  topK: unwritten,
  groupByExpert: unwritten,
  moeCombine: unwritten,
  moeCombineBackward: unwritten,
  crossEntropy: unwritten,
  crossEntropyBackward: unwritten,
  quantizeRows: unwritten,
};
