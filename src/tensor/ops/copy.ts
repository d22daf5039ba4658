import { apply } from '../apply.js';
import { anyDType, type OpRules } from '../rule.js';
import { shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const copyRules: OpRules<'copy'> = {
  shape: ({ x, into }) => {
    if (x.size !== into.size) shapeError('copy', 'x', `${into.size} elements`, `${x.size}`);
    if (x.dtype !== into.dtype) shapeError('copy', 'x', into.dtype, x.dtype);
    return { outputs: {}, numbers: { count: x.size } };
  },
  backward: null,
  dtypes: { x: anyDType, into: anyDType },
};

/** into = x, in place; both have the same dtype and number of elements. */
export function copy(into: Tensor, x: Tensor): void {
  apply('copy', copyRules, { into, x });
}
