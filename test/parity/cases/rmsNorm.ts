import { floats, type ParityCase, paritySizes } from '../harness.js';

const shapes = paritySizes
  .flatMap((columns) => [0, 1, 9].map((rows) => ({ rows, columns })))
  .filter(({ columns }) => columns > 0);

export const rmsNorm: ParityCase[] = shapes.map(({ rows, columns }) => ({
  title: `${rows}x${columns}`,
  inputs: { x: floats(rows * columns, 1), weight: floats(columns, 2) },
  outputs: { out: { dtype: 'f32', length: rows * columns }, inverseRms: { dtype: 'f32', length: rows } },
  numbers: { rows, columns, eps: 1e-6 },
}));

export const rmsNormBackward: ParityCase[] = shapes.flatMap(({ rows, columns }) =>
  [['dX'], ['dWeight'], ['dX', 'dWeight']].map((wanted) => ({
    title: `${rows}x${columns} ${wanted.join(' ')}`,
    inputs: {
      x: floats(rows * columns, 1),
      weight: floats(columns, 2),
      inverseRms: floats(rows, 3, 0.1),
      dOut: floats(rows * columns, 4),
    },
    outputs: Object.fromEntries(
      wanted.map((name) => [name, { dtype: 'f32' as const, length: name === 'dX' ? rows * columns : columns }]),
    ),
    numbers: { rows, columns },
  })),
);
