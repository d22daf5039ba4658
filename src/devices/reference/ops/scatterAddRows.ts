import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const scatterAddRows: Kernel<'scatterAddRows'> = ({ x, indices, out, rows, columns, tableRows }) => {
  checkIndices('scatterAddRows', indices, rows, tableRows);
  out.fill(0, 0, tableRows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[indices[r]! * columns + c]! += x[r * columns + c]!;
  }
};
