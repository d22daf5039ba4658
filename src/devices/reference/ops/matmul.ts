import { matmulModes } from '../../../contract/index.js';
import type { Kernel, Values } from '../operands.js';

/** b as plain numbers: int8 rows times their scales. */
function scaledRows(b: Values, scale: Values | undefined, rows: number, columns: number): Float64Array {
  if (b instanceof Float64Array && scale === undefined) return b;
  return Float64Array.from({ length: rows * columns }, (_, i) => b[i]! * (scale?.[Math.floor(i / columns)] ?? 1));
}

/** Sum of `count` products along two strides. */
function dot(a: Values, i: number, aStep: number, b: Float64Array, j: number, bStep: number, count: number): number {
  let sum = 0;
  for (let l = 0; l < count; l++, i += aStep, j += bStep) sum += a[i]! * b[j]!;
  return sum;
}

/** Rows [first, end) of out (m, n), as `matmul` gives them; shared with the grouped product. */
export function matmulRows(
  {
    a,
    b,
    bScale,
    bias,
    out,
  }: { a: Values; b: Values; bScale?: Values | undefined; bias?: Values | undefined; out: Values },
  [m, k, n]: readonly [number, number, number],
  mode: number,
  first = 0,
  end = m,
): void {
  const nt = mode === matmulModes.nt;
  const right = scaledRows(b, bScale, nt ? n : k, nt ? k : n);
  for (let i = first; i < end; i++) {
    for (let j = 0; j < n; j++) {
      const sum =
        mode === matmulModes.tn
          ? dot(a, i, m, right, j, n, k)
          : nt
            ? dot(a, i * k, 1, right, j * k, 1, k)
            : dot(a, i * k, 1, right, j, n, k);
      out[i * n + j] = sum + (bias?.[j] ?? 0);
    }
  }
}

export const matmul: Kernel<'matmul'> = ({ rows, inner, columns, mode, ...operands }) =>
  matmulRows(operands, [rows, inner, columns], mode);
