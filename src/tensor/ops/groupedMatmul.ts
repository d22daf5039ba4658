import { matmulModes } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, multiplied, type OpRules, weights } from '../rule.js';
import { expectShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { expectBf16, likeOperand } from './matmul.js';

export const groupedMatmulRules: OpRules<'groupedMatmul'> = {
  shape: ({ a, b, bScale, offsets }, { mode = matmulModes.nt }) => {
    expectShape('groupedMatmul', 'a', a, [undefined, undefined]);
    const [rows, inner] = a.shape as [number, number];
    const experts = b.length;
    expectShape('groupedMatmul', 'offsets', offsets, [experts + 1]);
    if (experts === 0) shapeError('groupedMatmul', 'b', 'at least one matrix', 'none');
    const columns = b[0]!.shape[mode === matmulModes.nt ? 0 : 1] ?? 0;
    for (const matrix of b) {
      expectBf16('groupedMatmul', a, matrix);
      expectShape('groupedMatmul', 'b', matrix, mode === matmulModes.nt ? [columns, inner] : [inner, columns]);
      if ((matrix.dtype === 'i8') !== (bScale !== undefined)) {
        const expected = matrix.dtype === 'i8' ? 'a scale per row of int8 b' : 'no scales';
        shapeError('groupedMatmul', 'bScale', expected, bScale ? 'some' : 'none');
      }
    }
    if (bScale !== undefined && bScale.length !== experts) {
      shapeError('groupedMatmul', 'bScale', `${experts} of them`, `${bScale.length}`);
    }
    for (const [e, scale] of (bScale ?? []).entries()) {
      expectShape('groupedMatmul', 'bScale', scale, [b[e]!.shape[0]]);
    }
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, inner, columns, experts, mode } };
  },
  backward: backwardRule<'groupedMatmul'>()(
    ['a', 'b', 'bScale', 'offsets'],
    ({ a, b, bScale, offsets }, { out }, { needs, numbers, dtypes }) => {
      const dOut = likeOperand(out!, dtypes.a);
      const nt = numbers.mode === matmulModes.nt;
      return {
        a: needs.a ? groupedMatmul(dOut, b, offsets, { mode: nt ? 'nn' : 'nt', bScale }) : undefined,
        // b is (columns, inner) in mode nt and (inner, columns) in mode nn.
        b: needs.b?.includes(true) ? groupedWeightGrad(nt ? a : dOut, nt ? dOut : a, offsets) : undefined,
      };
    },
    { a: ['b'], b: ['a'], bScale: ['a'] },
  ),
  dtypes: { a: multiplied, b: weights, offsets: indexDType },
};

export const groupedWeightGradRules: OpRules<'groupedWeightGrad'> = {
  shape: ({ a, dOut, offsets }) => {
    if (a.dtype !== dOut.dtype) shapeError('groupedWeightGrad', 'dOut', a.dtype, dOut.dtype);
    const [rows, inner] = a.shape as [number, number];
    expectShape('groupedWeightGrad', 'dOut', dOut, [rows, undefined]);
    const columns = dOut.shape[1]!;
    const experts = offsets.size - 1;
    const out = Array.from({ length: experts }, () => f32([columns, inner]));
    return { outputs: { out }, numbers: { rows, inner, columns, experts } };
  },
  backward: null,
  dtypes: { a: multiplied, dOut: multiplied, offsets: indexDType },
};

const groupedWeightGrad = (a: Tensor, dOut: Tensor, offsets: Tensor): readonly Tensor[] =>
  apply('groupedWeightGrad', groupedWeightGradRules, { a, dOut, offsets }).out;

export interface GroupedMatmulOptions {
  readonly mode?: 'nt' | 'nn';
  /** For int8 b: of each expert, one f32 scale per row. */
  readonly bScale?: readonly Tensor[] | undefined;
}

/**
 * Rows [offsets[e], offsets[e+1]) of a (R, I) times matrix e of b. Mode `nt` (the default): b[e] is (O, I), used as its
 * transpose; `nn`: b[e] is (I, O). offsets is i32 (E+1), the result (R, O). Matrices may be views of one stacked tensor.
 * a is f32, or bf16 together with b, as in `matmul`.
 */
export const groupedMatmul = (
  a: Tensor,
  b: readonly Tensor[],
  offsets: Tensor,
  { mode = 'nt', bScale }: GroupedMatmulOptions = {},
): Tensor => apply('groupedMatmul', groupedMatmulRules, { a, b, bScale, offsets }, { mode: matmulModes[mode] }).out;
