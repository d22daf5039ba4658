import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { formatShape, sameShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const siluBackwardRules: OpRules<'siluBackward'> = {
  shape: ({ x }) => ({ outputs: { dX: f32(x.shape), dUp: f32(x.shape) }, numbers: { count: x.size } }),
  backward: null,
};

export const siluRules: OpRules<'silu'> = {
  shape: ({ x, up }) => {
    if (up !== undefined && !sameShape(x.shape, up.shape)) {
      shapeError('silu', 'up', formatShape(x.shape), formatShape(up.shape));
    }
    return { outputs: { out: f32(x.shape) }, numbers: { count: x.size } };
  },
  backward: backwardRule<'silu'>()(['x', 'up'], ({ x, up }, { out }, { needs }) => {
    const { dX, dUp } = apply('siluBackward', siluBackwardRules, { x, up, dOut: out! }, {}, needs.up ? ['dUp'] : []);
    return { x: dX, up: dUp };
  }),
};

/** x · sigmoid(x); with `up`, of x's shape, that times `up`: the gate of SwiGLU, in one pass over memory. */
export const silu = (x: Tensor, up?: Tensor): Tensor => apply('silu', siluRules, { x, up }).out;
