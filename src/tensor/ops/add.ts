import { apply } from '../apply.js';
import { broadcastNumbers, sumToShape, widerFirst } from '../broadcast.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import type { Tensor } from '../tensor.js';
import { scale } from './scale.js';

export const addRules: OpRules<'add'> = {
  shape: ({ a, b }) => ({ outputs: { out: f32(a.shape) }, numbers: broadcastNumbers('add', a.shape, b.shape) }),
  backward: backwardRule<'add'>()([], (_, { out }, { needs, numbers, shapes }) => ({
    a: out,
    b: needs.b ? sumToShape(out!, numbers, shapes.b!) : undefined,
  })),
};

/**
 * a + b. Either may be broadcast to the other's shape: a scalar, a vector (D) over all rows, or one value per row (..., 1).
 */
export function add(a: Tensor, b: Tensor): Tensor {
  const [wide, narrow] = widerFirst(a, b);
  return apply('add', addRules, { a: wide, b: narrow }).out;
}

/** a - b, broadcast as `add` is. */
export const sub = (a: Tensor, b: Tensor): Tensor => scope(() => add(a, scale(b, -1)));
