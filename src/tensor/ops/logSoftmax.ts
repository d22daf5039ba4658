import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { asRows } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { sub } from './add.js';
import { exp } from './exp.js';
import { mul } from './mul.js';
import { sumLast } from './sum.js';

export const logSoftmaxRules: OpRules<'logSoftmax'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: asRows(x.shape) }),
  backward: backwardRule<'logSoftmax'>()(['out'], ({ out }, dOutputs) => {
    const dOut = dOutputs.out!;
    return { x: sub(dOut, mul(exp(out), sumLast(dOut))) };
  }),
};

/** x - log(sum(exp(x))) over the last axis. */
export const logSoftmax = (x: Tensor): Tensor => apply('logSoftmax', logSoftmaxRules, { x }).out;
