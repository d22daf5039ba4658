import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';
import { mul } from './mul.js';
import { scale } from './scale.js';

export const sigmoidRules: OpRules<'sigmoid'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'sigmoid'>()(['out'], ({ out }, dOutputs) => ({
    x: mul(dOutputs.out!, mul(out, scale(out, -1, 1))),
  })),
};

/** 1 / (1 + exp(-x)), element by element. */
export const sigmoid = (x: Tensor): Tensor => apply('sigmoid', sigmoidRules, { x }).out;
