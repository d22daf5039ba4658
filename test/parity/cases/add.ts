import { floats, type ParityCase } from '../harness.js';

const shapes = [
  [0, 7],
  [3, 0],
  [1, 1],
  [1, 65],
  [7, 1],
  [7, 3],
  [9, 64],
  [63, 257],
  [5, 1000],
  [40, 1000],
] as const;

/** b of every size that broadcasts: a's or 1 on either axis. */
export const broadcasts: ParityCase[] = shapes.flatMap(([rows, columns]) =>
  [rows, 1].flatMap((bRows) =>
    [columns, 1].map((bColumns) => ({
      title: `${rows}x${columns} with ${bRows}x${bColumns}`,
      inputs: { a: floats(rows * columns, 1), b: floats(bRows * bColumns, 2) },
      outputs: { out: { dtype: 'f32' as const, length: rows * columns } },
      numbers: { rows, columns, bRows, bColumns },
    })),
  ),
);

export const add = broadcasts;
