import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const scaleRules: OpRules<'scale'> = {
  shape: ({ x }, { factor = 1, shift = 0 }) => ({
    outputs: { out: f32(x.shape) },
    numbers: { count: x.size, factor, shift },
  }),
  backward: backwardRule<'scale'>()([], (_, { out }, { numbers }) => ({ x: scale(out!, numbers.factor) })),
};

/** factor · x + shift; both numbers are rounded to float32. */
export const scale = (x: Tensor, factor: number, shift = 0): Tensor =>
  apply('scale', scaleRules, { x }, { factor, shift }).out;
