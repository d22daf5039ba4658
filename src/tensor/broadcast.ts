/** How `add` and `mul` see a second operand that is smaller than the first, and the gradient's way back. */
import { sum } from './ops/sum.js';
import { asRows, countOf, formatShape, type Shape, sameShape, shapeError } from './shape.js';
import type { Tensor } from './tensor.js';

export interface Broadcast {
  readonly rows: number;
  readonly columns: number;
  /** `rows` or 1. */
  readonly bRows: number;
  /** `columns` or 1. */
  readonly bColumns: number;
}

/** b within a, or undefined where it does not fit: the same shape, a scalar, (D), or (..., 1). */
function placeIn(a: Shape, b: Shape): Broadcast | undefined {
  const { rows, columns } = asRows(a);
  if (sameShape(a, b)) return { rows, columns, bRows: rows, bColumns: columns };
  if (b.length > a.length && countOf(b) !== 1) return undefined;
  if (countOf(b) === 1) return { rows, columns, bRows: 1, bColumns: 1 };
  const last = b[b.length - 1]!;
  const before = b.slice(0, -1);
  if (last === columns && countOf(before) === 1) return { rows, columns, bRows: 1, bColumns: columns };
  if (last === 1 && sameShape(before, a.slice(0, -1))) return { rows, columns, bRows: rows, bColumns: 1 };
  return undefined;
}

export function broadcastNumbers(op: string, a: Shape, b: Shape): Broadcast {
  const expected = `${formatShape(a)}, a scalar, its last axis, or one value per row`;
  return placeIn(a, b) ?? shapeError(op, 'b', expected, formatShape(b));
}

/** The operand that the other is broadcast to comes first. */
export const widerFirst = (a: Tensor, b: Tensor): [Tensor, Tensor] =>
  placeIn(a.shape, b.shape) === undefined && placeIn(b.shape, a.shape) !== undefined ? [b, a] : [a, b];

/** Sums the gradient of a broadcast result over what b was repeated along. */
export function sumToShape(gradient: Tensor, { rows, columns, bRows, bColumns }: Broadcast, shape: Shape): Tensor {
  if (rows === bRows && columns === bColumns) return gradient;
  if (bRows === 1 && bColumns === 1) return sum(gradient.reshape([rows * columns]), 0).reshape(shape);
  return sum(gradient.reshape([rows, columns]), bRows === rows ? 1 : 0).reshape(shape);
}
