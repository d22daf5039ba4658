import type { Kernel } from '../operands.js';

/** b (bRows, bColumns) has a's size or 1 on either axis. */
export const mul: Kernel<'mul'> = ({ a, b, out, rows, columns, bRows, bColumns }) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const other = b[(bRows === 1 ? 0 : r) * bColumns + (bColumns === 1 ? 0 : c)]!;
      out[r * columns + c] = a[r * columns + c]! * other;
    }
  }
};
