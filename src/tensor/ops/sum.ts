import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { aroundAxis, countOf, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** The axis views travel as (outer, size, inner): see `aroundAxis`. */
export const expandRules: OpRules<'expand'> = {
  shape: ({ x }, { outer = 1, size = 1, inner = 1 }) => {
    if (outer * inner !== x.size) shapeError('expand', 'x', `${outer * inner} elements`, `${x.size}`);
    return { outputs: { out: f32([outer, size, inner]) }, numbers: { outer, size, inner } };
  },
  backward: backwardRule<'expand'>()([], (_, { out }, { shapes }) => ({ x: sum(out!, 1).reshape(shapes.x!) })),
};

export const sumRules: OpRules<'sum'> = {
  shape: ({ x }, { outer = 1, size = 1, inner = 1 }) => {
    if (outer * size * inner !== x.size) shapeError('sum', 'x', `${outer * size * inner} elements`, `${x.size}`);
    return { outputs: { out: f32([outer, inner]) }, numbers: { outer, size, inner } };
  },
  backward: backwardRule<'sum'>()([], (_, { out }, { shapes, numbers }) => ({
    x: apply('expand', expandRules, { x: out! }, numbers).out.reshape(shapes.x!),
  })),
};

/** Sum over one axis, which goes away. */
export function sum(x: Tensor, axis: number): Tensor {
  const { outer, size, inner, axis: index } = aroundAxis('sum', x.shape, axis);
  const shape = x.shape.filter((_, i) => i !== index);
  return scope(() => apply('sum', sumRules, { x }, { outer, size, inner }).out.reshape(shape));
}

/** Sum over the last axis, of which one entry stays: (..., 1). */
export const sumLast = (x: Tensor): Tensor => scope(() => sum(x, -1).reshape([...x.shape.slice(0, -1), 1]));

/** Sum over all elements: a scalar. */
export const sumAll = (x: Tensor): Tensor => scope(() => sum(x.reshape([x.size]), 0));

/** `size` copies along a new axis before `axis`, which counts from 0 to the number of axes. */
export function expand(x: Tensor, axis: number, size: number): Tensor {
  if (!Number.isInteger(axis) || axis < 0 || axis > x.shape.length) {
    shapeError('expand', 'axis', `0 to ${x.shape.length}`, String(axis));
  }
  const shape = [...x.shape.slice(0, axis), size, ...x.shape.slice(axis)];
  const outer = countOf(x.shape.slice(0, axis));
  const inner = countOf(x.shape.slice(axis));
  return scope(() => apply('expand', expandRules, { x }, { outer, size, inner }).out.reshape(shape));
}
