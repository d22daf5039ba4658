import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';
import { mul } from './mul.js';
import { scale } from './scale.js';

export const tanhRules: OpRules<'tanh'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'tanh'>()(['out'], ({ out }, dOutputs) => ({
    x: mul(dOutputs.out!, scale(mul(out, out), -1, 1)),
  })),
};

/** The hyperbolic tangent, element by element. */
export const tanh = (x: Tensor): Tensor => apply('tanh', tanhRules, { x }).out;
