import { floats, type ParityCase } from '../harness.js';
import { pickShapes } from './gatherColumns.js';
import { rowIndices } from './gatherRows.js';

export const scatterColumns: ParityCase[] = pickShapes.map(([rows, columns, picked]) => ({
  title: `${picked} into ${rows}x${columns}`,
  inputs: { x: floats(rows * picked, 1), indices: rowIndices(rows * picked, columns) },
  outputs: { out: { dtype: 'f32', length: rows * columns } },
  numbers: { rows, columns, picked },
}));
