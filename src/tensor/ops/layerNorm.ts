import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { asRows, expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const layerNormBackwardRules: OpRules<'layerNormBackward'> = {
  shape: ({ x, weight }) => ({
    outputs: { dX: f32(x.shape), dWeight: f32(weight.shape), dBias: f32(weight.shape) },
    numbers: asRows(x.shape),
  }),
  backward: null,
};

export const layerNormRules: OpRules<'layerNorm'> = {
  shape: ({ x, weight, bias }, { eps = 1e-5 }) => {
    const { rows, columns } = asRows(x.shape);
    expectShape('layerNorm', 'weight', weight, [columns]);
    expectShape('layerNorm', 'bias', bias, [columns]);
    return {
      outputs: { out: f32(x.shape), mean: f32([rows]), inverseDeviation: f32([rows]) },
      numbers: { rows, columns, eps },
    };
  },
  backward: backwardRule<'layerNorm'>()(['x', 'weight', 'mean', 'inverseDeviation'], (saved, { out }, { needs }) => {
    const inputs = { ...saved, dOut: out! };
    const wanted = [
      ...(needs.x ? (['dX'] as const) : []),
      ...(needs.weight ? (['dWeight'] as const) : []),
      ...(needs.bias ? (['dBias'] as const) : []),
    ];
    const { dX, dWeight, dBias } = apply('layerNormBackward', layerNormBackwardRules, inputs, {}, wanted);
    return { x: dX, weight: dWeight, bias: dBias };
  }),
};

/** (x - mean(x)) · rsqrt(var(x) + eps) · weight + bias over the last axis; weight and bias are (D). */
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor =>
  scope(() => apply('layerNorm', layerNormRules, { x, weight, bias }, { eps }).out);
