import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';
import { exp } from './exp.js';
import { mul } from './mul.js';
import { scale } from './scale.js';

export const logRules: OpRules<'log'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: { count: x.size } }),
  backward: backwardRule<'log'>()(['out'], ({ out }, dOutputs) => ({ x: mul(dOutputs.out!, exp(scale(out, -1))) })),
};

/** The natural logarithm, element by element. */
export const log = (x: Tensor): Tensor => apply('log', logRules, { x }).out;
