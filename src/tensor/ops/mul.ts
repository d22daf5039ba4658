import { apply } from '../apply.js';
import { broadcastNumbers, sumToShape, widerFirst } from '../broadcast.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const mulRules: OpRules<'mul'> = {
  shape: ({ a, b }) => ({ outputs: { out: f32(a.shape) }, numbers: broadcastNumbers('mul', a.shape, b.shape) }),
  backward: backwardRule<'mul'>()(
    ['a', 'b'],
    ({ a, b }, { out }, { needs, numbers, shapes }) => ({
      a: needs.a ? mul(out!, b) : undefined,
      b: needs.b ? sumToShape(mul(out!, a), numbers, shapes.b!) : undefined,
    }),
    { a: ['b'], b: ['a'] },
  ),
};

/** a · b, element by element; broadcast as `add` is. */
export function mul(a: Tensor, b: Tensor): Tensor {
  const [wide, narrow] = widerFirst(a, b);
  return apply('mul', mulRules, { a: wide, b: narrow }).out;
}
