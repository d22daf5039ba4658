import { apply } from '../apply.js';
import { anyDType, backwardRule, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { aroundAxis, countOf, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const transposeRules: OpRules<'transpose'> = {
  shape: ({ x }, { outer = 1, rows = 1, columns = 1, inner = 1 }) => {
    const count = outer * rows * columns * inner;
    if (count !== x.size) shapeError('transpose', 'x', `${count} elements`, `${x.size}`);
    return {
      outputs: { out: { shape: [outer, columns, rows, inner], dtype: x.dtype } },
      numbers: { outer, rows, columns, inner },
    };
  },
  backward: backwardRule<'transpose'>()([], (_, { out }, { shapes, numbers: { outer, rows, columns, inner } }) => ({
    x: swapRows(out!, outer, columns, rows, inner).reshape(shapes.x!),
  })),
  dtypes: { x: anyDType },
};

/** (outer, rows, columns, inner) to (outer, columns, rows, inner). */
const swapRows = (x: Tensor, outer: number, rows: number, columns: number, inner: number): Tensor =>
  apply('transpose', transposeRules, { x }, { outer, rows, columns, inner }).out;

/** Swaps two axes: one pass over memory if nothing but axes of size 1 lies between them, else two. */
export function transpose(x: Tensor, axisA: number, axisB: number): Tensor {
  const a = aroundAxis('transpose', x.shape, axisA);
  const b = aroundAxis('transpose', x.shape, axisB);
  const [first, last] = a.axis <= b.axis ? [a, b] : [b, a];
  const between = countOf(x.shape.slice(first.axis + 1, last.axis));
  const shape = [...x.shape];
  shape[first.axis] = last.size;
  shape[last.axis] = first.size;
  return scope(() => {
    if (first.axis === last.axis) return swapRows(x, 1, 1, x.size, 1).reshape(shape);
    // (A, M, B) to (M, B, A), which for M = 1 is (B, A), then to (B, M, A).
    const moved = swapRows(x, first.outer, first.size, between * last.size, last.inner);
    if (between === 1) return moved.reshape(shape);
    return swapRows(moved, first.outer, between, last.size, first.size * last.inner).reshape(shape);
  });
}
