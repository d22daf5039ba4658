/** A range of an axis, and its way back into zeros: each is the other's gradient. */
import { apply } from '../apply.js';
import { anyDType, backwardRule, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { aroundAxis, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

function expectWithin(op: string, start: number, length: number, size: number): void {
  const valid = [start, length, size].every((n) => Number.isInteger(n) && n >= 0) && start + length <= size;
  if (!valid) shapeError(op, 'start, length', `a range within 0..${size}`, `${start}..${start + length}`);
}

export const sliceRules: OpRules<'slice'> = {
  shape: ({ x }, { outer = 1, size = 0, inner = 1, start = 0, length = 0 }) => {
    expectWithin('slice', start, length, size);
    return {
      outputs: { out: { shape: [outer, length, inner], dtype: x.dtype } },
      numbers: { outer, size, inner, start, length },
    };
  },
  backward: backwardRule<'slice'>()([], (_, { out }, { numbers, shapes }) => ({
    x: apply('pad', padRules, { x: out! }, numbers).out.reshape(shapes.x!),
  })),
  dtypes: { x: anyDType },
};

export const padRules: OpRules<'pad'> = {
  shape: ({ x }, { outer = 1, size = 0, inner = 1, start = 0, length = 0 }) => {
    expectWithin('pad', start, length, size);
    return {
      outputs: { out: { shape: [outer, size, inner], dtype: x.dtype } },
      numbers: { outer, size, inner, start, length },
    };
  },
  backward: backwardRule<'pad'>()([], (_, { out }, { numbers, shapes }) => ({
    x: apply('slice', sliceRules, { x: out! }, numbers).out.reshape(shapes.x!),
  })),
  dtypes: { x: anyDType },
};

const replaced = (shape: readonly number[], axis: number, size: number) =>
  shape.map((old, i) => (i === axis ? size : old));

/** Entries [start, start + length) of an axis, copied; of the first axis, `Tensor.range` is a view of them. */
export function slice(x: Tensor, axis: number, start: number, length: number): Tensor {
  const { outer, size, inner, axis: index } = aroundAxis('slice', x.shape, axis);
  const attributes = { outer, size, inner, start, length };
  return scope(() => apply('slice', sliceRules, { x }, attributes).out.reshape(replaced(x.shape, index, length)));
}

/** x at [start, start + its size) of an axis of the given size, and zeros around it. */
export function pad(x: Tensor, axis: number, start: number, size: number): Tensor {
  const { outer, size: length, inner, axis: index } = aroundAxis('pad', x.shape, axis);
  const attributes = { outer, size, inner, start, length };
  return scope(() => apply('pad', padRules, { x }, attributes).out.reshape(replaced(x.shape, index, size)));
}
