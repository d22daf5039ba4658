import type { Kernel } from '../operands.js';

export const transpose: Kernel<'transpose'> = ({ x, out, outer, rows, columns, inner }) => {
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        for (let i = 0; i < inner; i++) {
          out[((o * columns + c) * rows + r) * inner + i] = x[((o * rows + r) * columns + c) * inner + i]!;
        }
      }
    }
  }
};
