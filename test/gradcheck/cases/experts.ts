import {
  gatherRows,
  groupByExpert,
  groupedMatmul,
  matmul,
  moeCombine,
  mul,
  silu,
  softmax,
  topK,
} from '../../../src/tensor/index.js';
import { type GradientCase, gradientCase, integers, normal } from '../gradcheck.js';

export const moeCombineCases: readonly GradientCase[] = [
  gradientCase(
    'a permutation of six places',
    { y: normal([6, 4]), weights: normal([3, 2]), position: integers([4, 0, 5, 1, 2, 3]) },
    ({ y, weights, position }) => moeCombine(y, weights, position),
  ),
];

/** A sparse layer: the router's choice is constant to the gradient, its weights are not. */
export const layer: GradientCase = gradientCase(
  'a mixture of four experts, two per row',
  {
    x: normal([6, 5]),
    router: normal([4, 5]),
    gate: normal([4, 3, 5]),
    up: normal([4, 3, 5]),
    down: normal([4, 5, 3]),
  },
  ({ x, router, gate, up, down }) => {
    const { values, indices } = topK(softmax(matmul(x, router)), 2);
    const { source, position, offsets } = groupByExpert(indices, 4);
    const rows = gatherRows(x, source);
    const of = (stacked: typeof gate) => Array.from({ length: 4 }, (_, e) => stacked.at(e));
    const hidden = mul(silu(groupedMatmul(rows, of(gate), offsets)), groupedMatmul(rows, of(up), offsets));
    return moeCombine(groupedMatmul(hidden, of(down), offsets), values, position);
  },
);
