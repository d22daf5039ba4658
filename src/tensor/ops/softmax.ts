import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { asRows } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { sub } from './add.js';
import { mul } from './mul.js';
import { sumLast } from './sum.js';

export const softmaxRules: OpRules<'softmax'> = {
  shape: ({ x }) => ({ outputs: { out: f32(x.shape) }, numbers: asRows(x.shape) }),
  backward: backwardRule<'softmax'>()(['out'], ({ out }, dOutputs) => {
    const dOut = dOutputs.out!;
    return { x: mul(out, sub(dOut, sumLast(mul(dOut, out)))) };
  }),
};

/** exp(x) / sum(exp(x)) over the last axis. */
export const softmax = (x: Tensor): Tensor => apply('softmax', softmaxRules, { x }).out;
