import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const scatterColumns: Kernel<'scatterColumns'> = ({ x, indices, out, rows, columns, picked }) => {
  checkIndices('scatterColumns', indices, rows * picked, columns);
  out.fill(0, 0, rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < picked; j++) out[r * columns + indices[r * picked + j]!]! += x[r * picked + j]!;
  }
};
