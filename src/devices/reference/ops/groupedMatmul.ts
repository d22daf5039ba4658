import { matmulModes } from '../../../contract/index.js';
import type { Kernel } from '../operands.js';
import { checkOffsets } from '../segments.js';

export const groupedMatmul: Kernel<'groupedMatmul'> = (args) => {
  const { a, offsets, b, bScale, out, rows, inner, columns, experts, mode } = args;
  checkOffsets('groupedMatmul', offsets, experts, rows);
  for (let e = 0; e < experts; e++) {
    /** An element of the expert's matrix; int8 rows carry one scale each. */
    const element = (row: number, width: number, column: number) =>
      b[e]![row * width + column]! * (bScale === undefined ? 1 : bScale[e]![row]!);
    for (let r = offsets[e]!; r < offsets[e + 1]!; r++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let l = 0; l < inner; l++) {
          sum += a[r * inner + l]! * (mode === matmulModes.nt ? element(j, inner, l) : element(l, columns, j));
        }
        out[r * columns + j] = sum;
      }
    }
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
