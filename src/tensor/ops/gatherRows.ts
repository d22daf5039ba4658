/** Rows of a table by index, and their sum back into one: each is the other's gradient. */
import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, type OpRules, weights } from '../rule.js';
import { expectShape, formatShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const gatherRowsRules: OpRules<'gatherRows'> = {
  shape: ({ table, tableScale, indices }) => {
    expectShape('gatherRows', 'table', table, [undefined, undefined]);
    const [tableRows, columns] = table.shape as [number, number];
    if ((table.dtype === 'i8') !== (tableScale !== undefined)) {
      const expected = table.dtype === 'i8' ? 'a scale per row of an int8 table' : 'no scale';
      shapeError('gatherRows', 'tableScale', expected, tableScale ? 'one' : 'none');
    }
    if (tableScale !== undefined) expectShape('gatherRows', 'tableScale', tableScale, [tableRows]);
    return { outputs: { out: f32([...indices.shape, columns]) }, numbers: { rows: indices.size, columns, tableRows } };
  },
  backward: backwardRule<'gatherRows'>()(['indices'], ({ indices }, { out }, { numbers, needs }) => ({
    table: needs.table
      ? scatterAddRows(out!.reshape([-1, numbers.columns]), indices.reshape([-1]), numbers.tableRows)
      : undefined,
  })),
  dtypes: { table: weights, indices: indexDType },
};

export const scatterAddRowsRules: OpRules<'scatterAddRows'> = {
  shape: ({ x, indices }, { tableRows = 0 }) => {
    if (x.shape.length !== 2) shapeError('scatterAddRows', 'x', 'a matrix', formatShape(x.shape));
    const [rows, columns] = x.shape as [number, number];
    expectShape('scatterAddRows', 'indices', indices, [rows]);
    return { outputs: { out: f32([tableRows, columns]) }, numbers: { rows, columns, tableRows } };
  },
  backward: backwardRule<'scatterAddRows'>()(['indices'], ({ indices }, { out }) => ({ x: gatherRows(out!, indices) })),
  dtypes: { indices: indexDType },
};

/**
 * Rows of `table` (R, C) at `indices` (i32, any shape): indices.shape + (C). The table may be f32, bf16, f16, or int8 with
 * `tableScale` (R); an index outside of it is a `device` error.
 */
export const gatherRows = (table: Tensor, indices: Tensor, tableScale?: Tensor): Tensor =>
  apply('gatherRows', gatherRowsRules, { table, indices, tableScale }).out;

/** Sums the rows of x (T, C) into a table (tableRows, C) of zeros at `indices` (T), in order of t. */
export const scatterAddRows = (x: Tensor, indices: Tensor, tableRows: number): Tensor =>
  apply('scatterAddRows', scatterAddRowsRules, { x, indices }, { tableRows }).out;
