import { crossEntropy, layerNorm, logSoftmax, rmsNorm, softmax, topK } from '../../../src/tensor/index.js';
import { type GradientCase, gradientCase, integers, normal } from '../gradcheck.js';

export const rmsNormCases: readonly GradientCase[] = [
  gradientCase('three axes', { x: normal([2, 3, 5]), weight: normal([5]) }, ({ x, weight }) =>
    rmsNorm(x, weight, 1e-6),
  ),
  gradientCase('small rows', { x: normal([4, 5], 0.01), weight: normal([5]) }, ({ x, weight }) =>
    rmsNorm(x, weight, 1e-3),
  ),
];
export const layerNormCases: readonly GradientCase[] = [
  gradientCase(
    'three axes',
    { x: normal([2, 3, 5], 2, 1), weight: normal([5]), bias: normal([5]) },
    ({ x, weight, bias }) => layerNorm(x, weight, bias, 1e-5),
  ),
];
export const softmaxCases: readonly GradientCase[] = [
  gradientCase('three axes', { x: normal([2, 3, 5], 2) }, ({ x }) => softmax(x)),
  gradientCase('one column', { x: normal([3, 1]) }, ({ x }) => softmax(x)),
];
export const logSoftmaxCases: readonly GradientCase[] = [
  gradientCase('three axes', { x: normal([2, 3, 5], 2) }, ({ x }) => logSoftmax(x)),
];
export const topKCases: readonly GradientCase[] = [
  gradientCase('three of seven', { x: normal([4, 7]) }, ({ x }) => topK(x, 3).values),
];
export const crossEntropyCases: readonly GradientCase[] = [
  gradientCase(
    'ignored labels',
    { logits: normal([5, 7], 2), labels: integers([3, -100, 0, 6, -1]) },
    ({ logits, labels }) => crossEntropy(logits, labels),
  ),
];
