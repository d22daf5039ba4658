import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const gatherColumns: Kernel<'gatherColumns'> = ({ x, indices, out, rows, columns, picked }) => {
  checkIndices('gatherColumns', indices, rows * picked, columns);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < picked; j++) out[r * picked + j] = x[r * columns + indices[r * picked + j]!]!;
  }
};
