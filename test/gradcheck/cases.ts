/** Gradient cases of every op, or why it has no gradient: what is missing does not compile. */
import type { OpName } from '../../src/contract/index.js';
import * as elementwise from './cases/elementwise.js';
import * as experts from './cases/experts.js';
import * as layout from './cases/layout.js';
import * as products from './cases/products.js';
import * as rows from './cases/rows.js';
import * as sequences from './cases/sequences.js';
import type { GradientCase } from './gradcheck.js';

const second = 'is itself part of a gradient, and gradients are taken once';

export const cases: { readonly [N in OpName]: readonly GradientCase[] | string } = {
  matmul: products.matmulCases,
  groupedMatmul: [...products.groupedMatmulCases, experts.layer],
  groupedWeightGrad: second,
  gatherRows: layout.gatherRowsCases,
  scatterAddRows: layout.scatterAddRowsCases,
  gatherColumns: layout.gatherColumnsCases,
  scatterColumns: layout.scatterColumnsCases,
  rmsNorm: rows.rmsNormCases,
  rmsNormBackward: second,
  layerNorm: rows.layerNormCases,
  layerNormBackward: second,
  softmax: rows.softmaxCases,
  logSoftmax: rows.logSoftmaxCases,
  silu: elementwise.siluCases,
  siluBackward: second,
  gelu: elementwise.geluCases,
  geluBackward: second,
  softplus: elementwise.softplusCases,
  sigmoid: elementwise.sigmoidCases,
  exp: elementwise.expCases,
  log: elementwise.logCases,
  tanh: elementwise.tanhCases,
  add: elementwise.addCases,
  mul: elementwise.mulCases,
  scale: elementwise.scaleCases,
  accumulate: 'works in place: what it overwrites would be lost to the tape',
  fill: 'has no inputs',
  copy: 'works in place: what it overwrites would be lost to the tape',
  cast: elementwise.castCases,
  dropout: elementwise.dropoutCases,
  sum: layout.sumCases,
  expand: layout.expandCases,
  slice: layout.sliceCases,
  pad: layout.padCases,
  concat: layout.concatCases,
  transpose: layout.transposeCases,
  conv1d: sequences.conv1dCases,
  conv1dBackward: second,
  selectiveScan: sequences.selectiveScanCases,
  selectiveScanBackward: second,
  attention: sequences.attentionCases,
  attentionBackward: second,
  appendKeyValue: 'works in place, on a cache that outlives the tape',
  rotary: sequences.rotaryCases,
  dequantize: 'has integers alone',
  topK: rows.topKCases,
  groupByExpert: 'has integers alone',
  moeCombine: experts.moeCombineCases,
  moeCombineBackward: second,
  crossEntropy: rows.crossEntropyCases,
  crossEntropyBackward: second,
  quantizeRows: 'rounds: its derivative is zero almost everywhere',
  adamW: 'works in place: what it overwrites would be lost to the tape',
  magnitudes: 'measures, and nothing that is trained depends on it',
  quantizeGroups: 'rounds: its derivative is zero almost everywhere',
  packPanels: 'has integers alone',
  unpackPanels: 'has integers alone',
  gatherPanels: 'reads a quantized table, which nobody trains',
  matmulInt8: 'multiplies rounded activations: under a tape their float form is used',
  groupedMatmulInt8: 'multiplies rounded activations: under a tape their float form is used',
};
