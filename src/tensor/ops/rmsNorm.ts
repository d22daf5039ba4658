import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { asRows, expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const rmsNormBackwardRules: OpRules<'rmsNormBackward'> = {
  shape: ({ x, weight }) => ({ outputs: { dX: f32(x.shape), dWeight: f32(weight.shape) }, numbers: asRows(x.shape) }),
  backward: null,
};

export const rmsNormRules: OpRules<'rmsNorm'> = {
  shape: ({ x, weight }, { eps = 1e-6 }) => {
    const { rows, columns } = asRows(x.shape);
    expectShape('rmsNorm', 'weight', weight, [columns]);
    return { outputs: { out: f32(x.shape), inverseRms: f32([rows]) }, numbers: { rows, columns, eps } };
  },
  backward: backwardRule<'rmsNorm'>()(['x', 'weight', 'inverseRms'], (saved, { out }, { needs }) => {
    const wanted = [...(needs.x ? (['dX'] as const) : []), ...(needs.weight ? (['dWeight'] as const) : [])];
    const { dX, dWeight } = apply('rmsNormBackward', rmsNormBackwardRules, { ...saved, dOut: out! }, {}, wanted);
    return { x: dX, weight: dWeight };
  }),
};

/** x · rsqrt(mean(x²) + eps) · weight over the last axis; weight is (D). */
export const rmsNorm = (x: Tensor, weight: Tensor, eps: number): Tensor =>
  scope(() => apply('rmsNorm', rmsNormRules, { x, weight }, { eps }).out);
