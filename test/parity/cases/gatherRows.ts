import { integers, type ParityCase, paritySizes, random } from '../harness.js';
import { weights } from './matmul.js';

const shapes = [
  ...paritySizes.map((columns) => [5, columns, 9] as const),
  [0, 4, 3],
  [0, 4, 0],
  [1000, 65, 257],
  [65, 64, 1],
] as const;

/** Indices that repeat, with both ends among them. */
export function rowIndices(rows: number, tableRows: number) {
  const { integer } = random(rows);
  return integers(Array.from({ length: rows }, (_, r) => (r === 0 ? tableRows - 1 : r === 1 ? 0 : integer(tableRows))));
}

export const gatherRows: ParityCase[] = shapes.flatMap(([rows, columns, tableRows]) =>
  (['f32', 'bf16', 'f16', 'i8'] as const).map((dtype) => {
    const { b, bScale } = weights(dtype, tableRows, columns, 2);
    return {
      title: `${rows} of ${tableRows}x${columns} ${dtype}`,
      inputs: {
        table: b,
        indices: rowIndices(rows, tableRows),
        ...(bScale === undefined ? {} : { tableScale: bScale }),
      },
      outputs: { out: { dtype: 'f32', length: rows * columns } },
      numbers: { rows, columns, tableRows },
      // Widening is exact; only the product with a scale is rounded.
      tolerance: dtype === 'i8' ? 1e-6 : 0,
    };
  }),
);
