/** Int8 matrices in panels, the order in which integer products read them (see `packPanels` in the op table). */
import { panelColumns, panelInner } from '../../contract/index.js';
import { apply } from '../apply.js';
import { f32, indexDType, type OpRules } from '../rule.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

const int8 = ['i8'] as const;
const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple;

/** Shape of int8 rows (rows, columns) in panels. */
export const panelShape = (rows: number, columns: number): readonly [number, number] => [
  roundUp(rows, panelColumns),
  roundUp(columns, panelInner),
];

export const packPanelsRules: OpRules<'packPanels'> = {
  shape: ({ x }) => {
    expectShape('packPanels', 'x', x, [undefined, undefined]);
    const [rows, columns] = x.shape as [number, number];
    return { outputs: { out: { shape: panelShape(rows, columns), dtype: 'i8' } }, numbers: { rows, columns } };
  },
  backward: null,
  dtypes: { x: int8 },
};

export const unpackPanelsRules: OpRules<'unpackPanels'> = {
  shape: ({ x }, { rows = x.shape[0]!, columns = x.shape[1]! }) => {
    expectShape('unpackPanels', 'x', x, panelShape(rows, columns));
    return { outputs: { out: { shape: [rows, columns], dtype: 'i8' } }, numbers: { rows, columns } };
  },
  backward: null,
  dtypes: { x: int8 },
};

export const gatherPanelsRules: OpRules<'gatherPanels'> = {
  shape: ({ table, tableScale, indices }, { columns = table.shape[1]! }) => {
    expectShape('gatherPanels', 'tableScale', tableScale, [undefined]);
    const tableRows = tableScale.size;
    expectShape('gatherPanels', 'table', table, panelShape(tableRows, columns));
    return { outputs: { out: f32([...indices.shape, columns]) }, numbers: { rows: indices.size, columns, tableRows } };
  },
  backward: null,
  dtypes: { table: int8, indices: indexDType },
};

/** int8 rows (R, C) in panels: (R rounded up to 16, C rounded up to 32). */
export const packPanels = (x: Tensor): Tensor => apply('packPanels', packPanelsRules, { x }).out;

/** The rows (R, C) of panels. */
export const unpackPanels = (x: Tensor, rows: number, columns: number): Tensor =>
  apply('unpackPanels', unpackPanelsRules, { x }, { rows, columns }).out;

/** Rows of `columns` elements of a table in panels, times their scales (R), at `indices` (i32, any shape). Has no gradient. */
export const gatherPanels = (table: Tensor, tableScale: Tensor, indices: Tensor, columns: number): Tensor =>
  apply('gatherPanels', gatherPanelsRules, { table, tableScale, indices }, { columns }).out;
