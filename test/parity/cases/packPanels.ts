import { panelColumns, panelInner } from '../../../src/contract/index.js';
import { floats, type ParityCase } from '../harness.js';
import { rowIndices } from './gatherRows.js';
import { bytes, roundUp } from './matmulInt8.js';

const sizes = [
  [0, 4],
  [4, 0],
  [1, 1],
  [15, 31],
  [16, 32],
  [17, 33],
  [65, 257],
  [1000, 63],
] as const;

const panelSize = (rows: number, columns: number) => roundUp(rows, panelColumns) * roundUp(columns, panelInner);

export const packPanels: ParityCase[] = sizes.map(([rows, columns]) => ({
  title: `${rows}x${columns}`,
  inputs: { x: bytes(rows * columns, 1) },
  outputs: { out: { dtype: 'i8', length: panelSize(rows, columns) } },
  numbers: { rows, columns },
  tolerance: 0,
}));

export const unpackPanels: ParityCase[] = sizes.map(([rows, columns]) => ({
  title: `${rows}x${columns}`,
  inputs: { x: bytes(panelSize(rows, columns), 1) },
  outputs: { out: { dtype: 'i8', length: rows * columns } },
  numbers: { rows, columns },
  tolerance: 0,
}));

export const gatherPanels: ParityCase[] = sizes.flatMap(([tableRows, columns]) =>
  (tableRows === 0 ? [0] : [0, 1, 70]).map((rows) => ({
    title: `${rows} of ${tableRows}x${columns}`,
    inputs: {
      table: bytes(panelSize(tableRows, columns), 1),
      tableScale: floats(tableRows, 2),
      indices: rowIndices(rows, tableRows),
    },
    outputs: { out: { dtype: 'f32', length: rows * columns } },
    numbers: { rows, columns, tableRows },
    tolerance: 1e-6,
  })),
);
