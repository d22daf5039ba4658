import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const siluBackwardRules: OpRules<'siluBackward'> = {
  shape: ({ x }) => ({ outputs: { dX: f32(x.shape) }, numbers: { count: x.size } }),
  backward: null,
};

export const siluRules: OpRules<'silu'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'silu'>()(['x'], ({ x }, { out }) => ({
    x: apply('siluBackward', siluBackwardRules, { x, dOut: out! }).dX,
  })),
};

/** x · sigmoid(x). */
export const silu = (x: Tensor): Tensor => apply('silu', siluRules, { x }).out;
