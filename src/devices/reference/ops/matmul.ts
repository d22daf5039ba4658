import { matmulModes } from '../../../contract/index.js';
import type { Kernel, Values } from '../operands.js';

/** An element of B: int8 rows carry one scale each. */
const element = (b: Values, scale: Values | undefined, row: number, columns: number, column: number) =>
  scale === undefined ? b[row * columns + column]! : b[row * columns + column]! * scale[row]!;

export const matmul: Kernel<'matmul'> = ({ a, b, bScale, bias, out, rows: m, inner: k, columns: n, mode }) => {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) {
        const left = mode === matmulModes.tn ? a[l * m + i]! : a[i * k + l]!;
        const right = mode === matmulModes.nt ? element(b, bScale, j, k, l) : element(b, bScale, l, n, j);
        sum += left * right;
      }
      out[i * n + j] = sum + (bias?.[j] ?? 0);
    }
  }
};
