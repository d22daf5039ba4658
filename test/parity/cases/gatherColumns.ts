import { floats, type ParityCase } from '../harness.js';
import { rowIndices } from './gatherRows.js';

/** (rows, columns, picked); picks repeat within a row. */
export const pickShapes = [
  [0, 8, 2],
  [3, 8, 0],
  [1, 1, 1],
  [7, 16, 2],
  [65, 5, 7],
  [257, 63, 8],
  [3, 1000, 65],
  [1000, 64, 6],
] as const;

export const gatherColumns: ParityCase[] = pickShapes.map(([rows, columns, picked]) => ({
  title: `${picked} of ${rows}x${columns}`,
  inputs: { x: floats(rows * columns, 1), indices: rowIndices(rows * picked, columns) },
  outputs: { out: { dtype: 'f32', length: rows * picked } },
  numbers: { rows, columns, picked },
  tolerance: 0,
}));
