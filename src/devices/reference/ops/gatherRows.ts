import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const gatherRows: Kernel<'gatherRows'> = ({ table, tableScale, indices, out, rows, columns, tableRows }) => {
  checkIndices('gatherRows', indices, rows, tableRows);
  for (let r = 0; r < rows; r++) {
    const scale = tableScale?.[indices[r]!] ?? 1;
    for (let c = 0; c < columns; c++) out[r * columns + c] = table[indices[r]! * columns + c]! * scale;
  }
};
