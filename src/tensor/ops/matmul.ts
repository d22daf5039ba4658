import { type DType, type MatmulMode, matmulModes } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, multiplied, type OpRules, weights } from '../rule.js';
import { expectShape, formatShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { sum } from './sum.js';
import { transpose } from './transpose.js';

/** A bf16 a asks for products of bf16, which b has to be as well. */
export function expectBf16(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype === 'bf16' && b.dtype !== 'bf16') shapeError(op, 'b', 'bf16, as a is', b.dtype);
}

/** The gradient of a product, in the class of arithmetic that the product had. */
export const likeOperand = (dOut: Tensor, dtype: DType | undefined): Tensor =>
  dtype === 'bf16' ? cast(dOut, 'bf16') : dOut;

const modeOf = (mode: number) => (Object.keys(matmulModes) as MatmulMode[]).find((name) => matmulModes[name] === mode)!;

export const matmulRules: OpRules<'matmul'> = {
  shape: ({ a, b, bScale, bias }, { mode = matmulModes.nt }) => {
    if (a.shape.length !== 2) shapeError('matmul', 'a', 'a matrix', formatShape(a.shape));
    if (b.shape.length !== 2) shapeError('matmul', 'b', 'a matrix', formatShape(b.shape));
    expectBf16('matmul', a, b);
    const name = modeOf(mode);
    const [rows, inner] = name === 'tn' ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const columns = name === 'nt' ? b.shape[0]! : b.shape[1]!;
    expectShape('matmul', 'b', b, name === 'nt' ? [columns, inner] : [inner, columns]);
    if ((b.dtype === 'i8') !== (bScale !== undefined)) {
      shapeError(
        'matmul',
        'bScale',
        b.dtype === 'i8' ? 'a scale per row of int8 b' : 'no scale',
        bScale ? 'one' : 'none',
      );
    }
    if (bScale !== undefined) expectShape('matmul', 'bScale', bScale, [b.shape[0]]);
    if (bias !== undefined) {
      if (name !== 'nt') shapeError('matmul', 'bias', 'none but in mode nt', formatShape(bias.shape));
      expectShape('matmul', 'bias', bias, [columns]);
    }
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, inner, columns, mode } };
  },
  // Every mode's gradients are products in another mode; a quantized b is a constant, multiplied by the same rows.
  backward: backwardRule<'matmul'>()(
    ['a', 'b', 'bScale'],
    ({ a, b, bScale }, { out }, { numbers, needs, dtypes }) => {
      const dOut = likeOperand(out!, dtypes.a);
      const product = (x: Tensor, y: Tensor, mode: MatmulMode, scale?: Tensor) => matmul(x, y, { mode, bScale: scale });
      const bias = needs.bias ? sum(out!, 0) : undefined;
      switch (modeOf(numbers.mode)) {
        case 'nt':
          return {
            a: needs.a ? product(dOut, b, 'nn', bScale) : undefined,
            b: needs.b ? product(dOut, a, 'tn') : undefined,
            bias,
          };
        case 'nn':
          return {
            a: needs.a ? product(dOut, b, 'nt', bScale) : undefined,
            b: needs.b ? product(a, dOut, 'tn') : undefined,
          };
        case 'tn':
          return {
            // (dOut · bᵀ)ᵀ rather than b · dOutᵀ: only the second operand of a product may be narrow.
            a: needs.a ? transpose(product(dOut, b, 'nt', bScale), 0, 1) : undefined,
            b: needs.b ? product(a, dOut, 'nn') : undefined,
          };
      }
    },
    { a: ['b'], b: ['a'], bScale: ['a'] },
  ),
  dtypes: { a: multiplied, b: weights },
};

export interface MatmulOptions {
  readonly mode?: MatmulMode;
  /** One f32 scale per row of an int8 b. */
  readonly bScale?: Tensor | undefined;
  /** (n), added to every row; mode nt only. */
  readonly bias?: Tensor | undefined;
}

/**
 * A matrix product. Mode `nt` (the default, a linear layer): a (m, k) · b (n, k)ᵀ; `nn`: a (m, k) · b (k, n);
 * `tn`: a (k, m)ᵀ · b (k, n). b may be f32, bf16, f16, or int8 with `bScale`; a is f32, or bf16 together with b: then their
 * exact products are summed in f32, and gradients are rounded to bf16 before they are multiplied.
 */
export const matmul = (a: Tensor, b: Tensor, { mode = 'nt', bScale, bias }: MatmulOptions = {}): Tensor =>
  apply('matmul', matmulRules, { a, b, bScale, bias }, { mode: matmulModes[mode] }).out;
