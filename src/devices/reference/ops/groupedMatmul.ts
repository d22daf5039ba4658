import type { Kernel } from '../operands.js';
import { checkOffsets } from '../segments.js';
import { matmulRows } from './matmul.js';

export const groupedMatmul: Kernel<'groupedMatmul'> = (args) => {
  const { a, offsets, b, bScale, out, rows, inner, columns, experts, mode } = args;
  checkOffsets('groupedMatmul', offsets, experts, rows);
  for (let e = 0; e < experts; e++) {
    if (offsets[e] === offsets[e + 1]) continue;
    const operands = { a, b: b[e]!, bScale: bScale?.[e], out };
    matmulRows(operands, [rows, inner, columns], mode, offsets[e]!, offsets[e + 1]!);
  }
};

export const groupedWeightGrad: Kernel<'groupedWeightGrad'> = (args) => {
  const { a, dOut, offsets, out, rows, inner, columns, experts } = args;
  checkOffsets('groupedWeightGrad', offsets, experts, rows);
  for (let e = 0; e < experts; e++) {
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let r = offsets[e]!; r < offsets[e + 1]!; r++) sum += dOut[r * columns + j]! * a[r * inner + i]!;
        out[e]![j * inner + i] = sum;
      }
    }
  }
};
