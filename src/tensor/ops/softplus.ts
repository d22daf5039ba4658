import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';
import { mul } from './mul.js';
import { sigmoid } from './sigmoid.js';

export const softplusRules: OpRules<'softplus'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'softplus'>()(['x'], ({ x }, dOutputs) => ({ x: mul(dOutputs.out!, sigmoid(x)) })),
};

/** log(1 + exp(x)), and x itself above 20, element by element. */
export const softplus = (x: Tensor): Tensor => apply('softplus', softplusRules, { x }).out;
