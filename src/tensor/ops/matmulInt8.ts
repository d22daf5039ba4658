import { maxInt8Inner } from '../../contract/index.js';
import { apply } from '../apply.js';
import { f32, indexDType, type OpRules } from '../rule.js';
import { expectShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

const int8 = ['i8'] as const;

function expectLength(op: string, inner: number): void {
  if (inner > maxInt8Inner) shapeError(op, 'a', `rows of at most ${maxInt8Inner}`, String(inner));
}

export const matmulInt8Rules: OpRules<'matmulInt8'> = {
  shape: ({ a, aScale, b, bScale, bias }) => {
    expectShape('matmulInt8', 'a', a, [undefined, undefined]);
    const [rows, inner] = a.shape as [number, number];
    expectShape('matmulInt8', 'b', b, [undefined, inner]);
    const columns = b.shape[0]!;
    expectLength('matmulInt8', inner);
    expectShape('matmulInt8', 'aScale', aScale, [rows]);
    expectShape('matmulInt8', 'bScale', bScale, [columns]);
    if (bias !== undefined) expectShape('matmulInt8', 'bias', bias, [columns]);
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, inner, columns } };
  },
  backward: null,
  dtypes: { a: int8, b: int8 },
};

export const groupedMatmulInt8Rules: OpRules<'groupedMatmulInt8'> = {
  shape: ({ a, aScale, b, bScale, offsets }) => {
    expectShape('groupedMatmulInt8', 'a', a, [undefined, undefined]);
    const [rows, inner] = a.shape as [number, number];
    const experts = b.length;
    const columns = b[0]?.shape[0] ?? 0;
    expectLength('groupedMatmulInt8', inner);
    expectShape('groupedMatmulInt8', 'aScale', aScale, [rows]);
    expectShape('groupedMatmulInt8', 'offsets', offsets, [experts + 1]);
    if (bScale.length !== experts) shapeError('groupedMatmulInt8', 'bScale', `${experts} of them`, `${bScale.length}`);
    for (const [e, matrix] of b.entries()) {
      expectShape('groupedMatmulInt8', 'b', matrix, [columns, inner]);
      expectShape('groupedMatmulInt8', 'bScale', bScale[e]!, [columns]);
    }
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, inner, columns, experts } };
  },
  backward: null,
  dtypes: { a: int8, b: int8, offsets: indexDType },
};

/** Int8 rows with one f32 scale each, as `quantizeRows` makes them. */
export interface Int8Rows {
  readonly values: Tensor;
  readonly scale: Tensor;
}

/** a (m, k) · b (n, k)ᵀ of int8 rows, exact in integers, times both scales, plus a bias (n). Has no gradient. */
export const matmulInt8 = (a: Int8Rows, b: Int8Rows, bias?: Tensor): Tensor =>
  apply('matmulInt8', matmulInt8Rules, { a: a.values, aScale: a.scale, b: b.values, bScale: b.scale, bias }).out;

/** As `matmulInt8`, for rows sorted by expert with one b (n, k) for each; offsets (E + 1). Has no gradient. */
export const groupedMatmulInt8 = (
  a: Int8Rows,
  b: readonly Tensor[],
  bScale: readonly Tensor[],
  offsets: Tensor,
): Tensor =>
  apply('groupedMatmulInt8', groupedMatmulInt8Rules, { a: a.values, aScale: a.scale, offsets, b, bScale }).out;
