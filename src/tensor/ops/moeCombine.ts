import { maxTopK } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { expectAtMost, expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const moeCombineRules: OpRules<'moeCombine'> = {
  shape: ({ y, weights, position }) => {
    expectShape('moeCombine', 'weights', weights, [undefined, undefined]);
    const [rows, k] = weights.shape as [number, number];
    expectAtMost('moeCombine: k', maxTopK, k);
    expectShape('moeCombine', 'y', y, [rows * k, undefined]);
    expectShape('moeCombine', 'position', position, [rows * k]);
    const columns = y.shape[1]!;
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, k, columns } };
  },
  backward: backwardRule<'moeCombine'>()(['y', 'weights', 'position'], (saved, { out }, { needs }) => {
    const wanted = [...(needs.y ? (['dY'] as const) : []), ...(needs.weights ? (['dWeights'] as const) : [])];
    const { dY, dWeights } = apply('moeCombineBackward', moeCombineBackwardRules, { ...saved, dOut: out! }, {}, wanted);
    return { y: dY, weights: dWeights };
  }),
  dtypes: { position: indexDType },
};

export const moeCombineBackwardRules: OpRules<'moeCombineBackward'> = {
  shape: ({ y, weights }) => {
    const [rows, k] = weights.shape as [number, number];
    return { outputs: { dY: f32(y.shape), dWeights: f32(weights.shape) }, numbers: { rows, k, columns: y.shape[1]! } };
  },
  backward: null,
  dtypes: { position: indexDType },
};

/**
 * out[t] = sum_j weights[t, j] y[position[t·k + j]], j ascending: y (T·k, D) holds the experts' results in sorted order,
 * weights is (T, k), position (T·k) comes from `groupByExpert`.
 */
export const moeCombine = (y: Tensor, weights: Tensor, position: Tensor): Tensor =>
  apply('moeCombine', moeCombineRules, { y, weights, position }).out;
