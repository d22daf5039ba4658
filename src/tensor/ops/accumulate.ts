import { apply } from '../apply.js';
import type { OpRules } from '../rule.js';
import { shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const accumulateRules: OpRules<'accumulate'> = {
  shape: ({ x, into }) => {
    if (x.size !== into.size) shapeError('accumulate', 'x', `${into.size} elements`, `${x.size}`);
    return { outputs: {}, numbers: { count: x.size } };
  },
  backward: null,
};

/** into += x, in place; both have the same number of elements. */
export function accumulate(into: Tensor, x: Tensor): void {
  apply('accumulate', accumulateRules, { into, x });
}
