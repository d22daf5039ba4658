import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const geluBackwardRules: OpRules<'geluBackward'> = {
  shape: ({ x }) => ({ outputs: { dX: f32(x.shape) }, numbers: { count: x.size } }),
  backward: null,
};

export const geluRules: OpRules<'gelu'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'gelu'>()(['x'], ({ x }, { out }) => ({
    x: apply('geluBackward', geluBackwardRules, { x, dOut: out! }).dX,
  })),
};

/** x · Φ(x), with Φ the normal distribution function (the exact form, by erf). */
export const gelu = (x: Tensor): Tensor => apply('gelu', geluRules, { x }).out;
