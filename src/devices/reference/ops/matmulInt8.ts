import type { Kernel, Values } from '../operands.js';
import { checkOffsets } from '../segments.js';

/** One output: a sum of integers, rounded to float32 once, then each product rounded as the devices round it. */
function product(
  a: Values,
  aScale: number,
  b: Values,
  bScale: number,
  bias: number,
  aRow: number,
  bRow: number,
  inner: number,
) {
  let sum = 0;
  for (let i = 0; i < inner; i++) sum += a[aRow * inner + i]! * b[bRow * inner + i]!;
  return Math.fround(Math.fround(Math.fround(sum) * aScale) * bScale) + bias;
}

export const matmulInt8: Kernel<'matmulInt8'> = ({ a, aScale, b, bScale, bias, out, rows, inner, columns }) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      out[r * columns + c] = product(a, aScale[r]!, b, bScale[c]!, bias?.[c] ?? 0, r, c, inner);
    }
  }
};

export const groupedMatmulInt8: Kernel<'groupedMatmulInt8'> = (args) => {
  const { a, aScale, offsets, b, bScale, out, rows, inner, columns, experts } = args;
  checkOffsets('groupedMatmulInt8', offsets, experts, rows);
  for (let e = 0; e < experts; e++) {
    for (let r = offsets[e]!; r < offsets[e + 1]!; r++) {
      for (let c = 0; c < columns; c++) {
        out[r * columns + c] = product(a, aScale[r]!, b[e]!, bScale[e]![c]!, 0, r, c, inner);
      }
    }
  }
};
