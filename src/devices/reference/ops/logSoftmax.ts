import type { Kernel } from '../operands.js';
import { logSumExp } from './logSumExp.js';

export const logSoftmax: Kernel<'logSoftmax'> = ({ x, out, rows, columns }) => {
  for (let r = 0; r < rows; r++) {
    const total = logSumExp(x, r * columns, columns);
    for (let c = 0; c < columns; c++) out[r * columns + c] = x[r * columns + c]! - total;
  }
};
