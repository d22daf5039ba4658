import type { Kernel, Values } from '../operands.js';
import { checkOffsets } from '../segments.js';
import { paddedInner, panelIndex } from './packPanels.js';

/** Rows of activations in scaled groups. */
interface GroupedRows {
  readonly a: Values;
  readonly aScale: Values;
  readonly inner: number;
  readonly group: number;
}

/** Row `row` of a times row `column` of b: a sum of integers in each group, scaled sums added. */
function product({ a, aScale, inner, group }: GroupedRows, row: number, b: Values, column: number): number {
  const padded = paddedInner(inner);
  const groups = padded / group;
  let total = 0;
  for (let g = 0; g < groups; g++) {
    let sum = 0;
    for (let i = g * group; i < (g + 1) * group; i++) sum += a[row * padded + i]! * b[panelIndex(column, i, inner)]!;
    total += sum * aScale[row * groups + g]!;
  }
  return total;
}

export const matmulInt8: Kernel<'matmulInt8'> = ({ b, bScale, bias, out, rows, columns, ...left }) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[r * columns + c] = product(left, r, b, c) * bScale[c]! + (bias?.[c] ?? 0);
  }
};

export const groupedMatmulInt8: Kernel<'groupedMatmulInt8'> = (args) => {
  const { offsets, b, bScale, out, rows, columns, experts, ...left } = args;
  checkOffsets('groupedMatmulInt8', offsets, experts, rows);
  for (let e = 0; e < experts; e++) {
    for (let r = offsets[e]!; r < offsets[e + 1]!; r++) {
      for (let c = 0; c < columns; c++) out[r * columns + c] = product(left, r, b[e]!, c) * bScale[e]![c]!;
    }
  }
};
