import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';

const shapes = paritySizes
  .flatMap((columns) => [0, 1, 9].map((rows) => ({ rows, columns })))
  .filter(({ columns }) => columns > 0);

/** A mean that a one-pass variance would not survive: its square takes all digits of the deviations. */
const shifted = (count: number): Operand => ({
  dtype: 'f32',
  data: floats(count, 1).data.map((value) => value + 300) as Float32Array,
});

const forward = (title: string, rows: number, columns: number, x: Operand): ParityCase => ({
  title: `${title} ${rows}x${columns}`,
  inputs: { x, weight: floats(columns, 2), bias: floats(columns, 3) },
  outputs: {
    out: { dtype: 'f32', length: rows * columns },
    mean: { dtype: 'f32', length: rows },
    inverseDeviation: { dtype: 'f32', length: rows },
  },
  numbers: { rows, columns, eps: 1e-5 },
});

export const layerNorm: ParityCase[] = [
  ...shapes.map(({ rows, columns }) => forward('', rows, columns, floats(rows * columns, 1))),
  // A deviation of 1 beside 300 has 15 bits left: the outputs, a few units large, cannot agree better than the rounded mean.
  { ...forward('shifted', 5, 257, shifted(5 * 257)), tolerance: 1e-4 },
  forward('constant', 2, 65, { dtype: 'f32', data: new Float32Array(130).fill(0.5) }),
];

const gradients = ['dX', 'dWeight', 'dBias'];

export const layerNormBackward: ParityCase[] = shapes.flatMap(({ rows, columns }) =>
  [...gradients.map((name) => [name]), gradients].map((wanted) => ({
    title: `${rows}x${columns} ${wanted.join(' ')}`,
    inputs: {
      x: floats(rows * columns, 1),
      weight: floats(columns, 2),
      mean: floats(rows, 3, 0.1),
      inverseDeviation: floats(rows, 4),
      dOut: floats(rows * columns, 5),
    },
    outputs: Object.fromEntries(
      wanted.map((name) => [name, { dtype: 'f32' as const, length: name === 'dX' ? rows * columns : columns }]),
    ),
    numbers: { rows, columns },
  })),
);
