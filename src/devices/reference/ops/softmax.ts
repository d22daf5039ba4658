import type { Kernel } from '../operands.js';

export const softmax: Kernel<'softmax'> = ({ x, out, rows, columns }) => {
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < columns; c++) largest = Math.max(largest, x[at + c]!);
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += Math.exp(x[at + c]! - largest);
    for (let c = 0; c < columns; c++) out[at + c] = Math.exp(x[at + c]! - largest) / sum;
  }
};
