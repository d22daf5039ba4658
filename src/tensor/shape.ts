import { JambalayaError } from '../errors/index.js';

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export const isShape = (sizes: readonly number[]): boolean =>
  sizes.every((size) => Number.isSafeInteger(size) && size >= 0);

export const countOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

export const formatShape = (shape: Shape): string => `(${shape.join(', ')})`;

/** Throws a `shape` error for an operand. */
export function shapeError(op: string, operand: string, expected: string, found: string): never {
  throw new JambalayaError('shape', { op, operand, expected, found });
}

/** Checks an operand's shape; `undefined` stands for any size. */
export function expectShape(
  op: string,
  operand: string,
  { shape }: { readonly shape: Shape },
  expected: readonly (number | undefined)[],
): void {
  if (shape.length === expected.length && expected.every((size, i) => size === undefined || size === shape[i])) return;
  shapeError(op, operand, `(${expected.map((size) => size ?? '*').join(', ')})`, formatShape(shape));
}

/** Rows and columns of a tensor seen as a matrix over its last axis. A scalar has one row of one column. */
export function asRows(shape: Shape): { rows: number; columns: number } {
  const columns = shape.length === 0 ? 1 : shape[shape.length - 1]!;
  return { rows: countOf(shape.slice(0, -1)), columns };
}

/** A tensor seen as (outer, size, inner) around `axis`, which may be negative. */
export function aroundAxis(
  op: string,
  shape: Shape,
  axis: number,
): { outer: number; size: number; inner: number; axis: number } {
  const index = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(index) || index < 0 || index >= shape.length) {
    shapeError(op, 'axis', `an axis of ${formatShape(shape)}`, String(axis));
  }
  return {
    outer: countOf(shape.slice(0, index)),
    size: shape[index]!,
    inner: countOf(shape.slice(index + 1)),
    axis: index,
  };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Throws a `limit` error for a size that kernels have no room for. */
export function expectAtMost(what: string, limit: number, found: number): void {
  if (found > limit) throw new JambalayaError('limit', { what, limit, found });
}
