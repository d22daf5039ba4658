import { floats, type ParityCase, paritySizes } from '../harness.js';
import { rowIndices } from './gatherRows.js';

const shapes = [
  ...paritySizes.map((columns) => [5, columns, 9] as const),
  [0, 4, 3],
  [0, 4, 0],
  [300, 257, 40],
  [65, 64, 1],
] as const;

export const scatterAddRows: ParityCase[] = shapes.map(([rows, columns, tableRows]) => ({
  title: `${rows} into ${tableRows}x${columns}`,
  inputs: { x: floats(rows * columns, 1), indices: rowIndices(rows, tableRows) },
  outputs: { out: { dtype: 'f32', length: tableRows * columns } },
  numbers: { rows, columns, tableRows },
}));
