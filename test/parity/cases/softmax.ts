import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';

const infinity = Number.POSITIVE_INFINITY;
const row = (...values: number[]): Operand => ({ dtype: 'f32', data: Float32Array.from(values) });

const single = (title: string, rows: number, columns: number, x: Operand): ParityCase => ({
  title: `${title} ${rows}x${columns}`,
  inputs: { x },
  outputs: { out: { dtype: 'f32', length: rows * columns } },
  numbers: { rows, columns },
});

/** Normal, large and all-negative rows (where the zeros of missing lanes would win), masked entries, NaN. */
export const softmaxes: ParityCase[] = [
  ...paritySizes.flatMap((columns) => [0, 1, 9].map((rows) => single('', rows, columns, floats(rows * columns, 1, 3)))),
  single('large', 3, 65, floats(3 * 65, 2, 1000)),
  single('below zero', 2, 67, { dtype: 'f32', data: floats(134, 3).data.map((value) => value - 500) as Float32Array }),
  single('masked', 1, 5, row(-infinity, 0, -infinity, 1, -infinity)),
  single('only masked', 1, 3, row(-infinity, -infinity, -infinity)),
  single('NaN', 1, 17, row(...Array.from({ length: 17 }, (_, i) => (i === 3 ? Number.NaN : i)))),
  single('tail NaN', 1, 17, row(...Array.from({ length: 17 }, (_, i) => (i === 16 ? Number.NaN : i)))),
];

export const softmax = softmaxes;
