import { panelColumns, panelInner } from '../../../contract/index.js';
import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

/** Length of a row in panels. */
export const paddedInner = (columns: number) => Math.ceil(columns / panelInner) * panelInner;

/** Where element (row, column) of a matrix with rows of `columns` elements lies in its panels. */
export function panelIndex(row: number, column: number, columns: number): number {
  const panel = Math.floor(row / panelColumns);
  const quad = panel * (paddedInner(columns) / 4) + Math.floor(column / 4);
  return (quad * panelColumns + (row % panelColumns)) * 4 + (column % 4);
}

export const packPanels: Kernel<'packPanels'> = ({ x, out, rows, columns }) => {
  out.fill(0, 0, Math.ceil(rows / panelColumns) * panelColumns * paddedInner(columns));
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[panelIndex(r, c, columns)] = x[r * columns + c]!;
  }
};

export const unpackPanels: Kernel<'unpackPanels'> = ({ x, out, rows, columns }) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[r * columns + c] = x[panelIndex(r, c, columns)]!;
  }
};

export const gatherPanels: Kernel<'gatherPanels'> = ({ table, tableScale, indices, out, rows, columns, tableRows }) => {
  checkIndices('gatherPanels', indices, rows, tableRows);
  for (let r = 0; r < rows; r++) {
    const row = indices[r]!;
    for (let c = 0; c < columns; c++) {
      out[r * columns + c] = table[panelIndex(row, c, columns)]! * tableScale[row]!;
    }
  }
};
