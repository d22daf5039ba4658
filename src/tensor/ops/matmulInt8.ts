import { panelInner } from '../../contract/index.js';
import { apply } from '../apply.js';
import { f32, indexDType, type OpRules } from '../rule.js';
import { expectShape, formatShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { panelShape } from './packPanels.js';

const int8 = ['i8'] as const;
/** Elements that may share a scale. */
export const groupSizes: readonly number[] = [4, 8, 16, 32];

/** Checks activations in groups, and gives their sizes; `inner` is what the rows had before they were padded. */
function groupedRows(
  op: string,
  { a, aScale, aSums }: { a: Tensor; aScale: Tensor; aSums: Tensor },
  inner = a.shape[1]!,
): { rows: number; inner: number; group: number } {
  expectShape(op, 'a', a, [undefined, panelShape(0, inner)[1]]);
  const [rows, padded] = a.shape as [number, number];
  expectShape(op, 'aScale', aScale, [rows, undefined]);
  const groups = aScale.shape[1]!;
  const group = padded === 0 ? panelInner : padded / groups;
  if (!groupSizes.includes(group)) shapeError(op, 'aScale', 'groups of 4, 8, 16 or 32', formatShape(aScale.shape));
  expectShape(op, 'aSums', aSums, [rows, groups]);
  return { rows, inner, group };
}

export const matmulInt8Rules: OpRules<'matmulInt8'> = {
  shape: ({ b, bScale, bias, ...left }, { inner }) => {
    const sizes = groupedRows('matmulInt8', left, inner);
    expectShape('matmulInt8', 'bScale', bScale, [undefined]);
    const columns = bScale.size;
    expectShape('matmulInt8', 'b', b, panelShape(columns, sizes.inner));
    if (bias !== undefined) expectShape('matmulInt8', 'bias', bias, [columns]);
    return { outputs: { out: f32([sizes.rows, columns]) }, numbers: { ...sizes, columns } };
  },
  backward: null,
  dtypes: { a: int8, aSums: indexDType, b: int8 },
};

export const groupedMatmulInt8Rules: OpRules<'groupedMatmulInt8'> = {
  shape: ({ b, bScale, offsets, ...left }, { inner }) => {
    const sizes = groupedRows('groupedMatmulInt8', left, inner);
    const experts = b.length;
    const columns = bScale[0]?.size ?? 0;
    expectShape('groupedMatmulInt8', 'offsets', offsets, [experts + 1]);
    if (bScale.length !== experts) shapeError('groupedMatmulInt8', 'bScale', `${experts} of them`, `${bScale.length}`);
    for (const [e, matrix] of b.entries()) {
      expectShape('groupedMatmulInt8', 'bScale', bScale[e]!, [columns]);
      expectShape('groupedMatmulInt8', 'b', matrix, panelShape(columns, sizes.inner));
    }
    return { outputs: { out: f32([sizes.rows, columns]) }, numbers: { ...sizes, columns, experts } };
  },
  backward: null,
  dtypes: { a: int8, aSums: indexDType, b: int8, offsets: indexDType },
};

/** Activations as `quantizeGroups` makes them: `inner` elements a row, padded to whole panels. */
export interface Int8Groups {
  /** (T, inner') i8 */
  readonly values: Tensor;
  /** (T, groups) */
  readonly scale: Tensor;
  /** (T, groups) i32 */
  readonly sums: Tensor;
  readonly inner: number;
}

/** int8 rows (n, k) in panels, with a scale (n) for each row. */
export interface Int8Panels {
  readonly values: Tensor;
  readonly scale: Tensor;
}

/** a (m, k) · b (n, k)ᵀ of int8 rows, exact in integers within a group, times both scales, plus a bias (n). Has no gradient. */
export const matmulInt8 = (
  { values: a, scale: aScale, sums: aSums, inner }: Int8Groups,
  b: Int8Panels,
  bias?: Tensor,
) => apply('matmulInt8', matmulInt8Rules, { a, aScale, aSums, b: b.values, bScale: b.scale, bias }, { inner }).out;

/** As `matmulInt8`, for rows sorted by expert with one b (n, k) for each; offsets (E + 1). Has no gradient. */
export const groupedMatmulInt8 = (
  { values: a, scale: aScale, sums: aSums, inner }: Int8Groups,
  b: readonly Tensor[],
  bScale: readonly Tensor[],
  offsets: Tensor,
): Tensor =>
  apply('groupedMatmulInt8', groupedMatmulInt8Rules, { a, aScale, aSums, offsets, b, bScale }, { inner }).out;
