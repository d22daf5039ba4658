import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';
import { mul } from './mul.js';

export const expRules: OpRules<'exp'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'exp'>()(['out'], ({ out }, dOutputs) => ({ x: mul(dOutputs.out!, out) })),
};

/** e to the power of x, element by element. */
export const exp = (x: Tensor): Tensor => apply('exp', expRules, { x }).out;
