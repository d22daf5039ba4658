import { floats, integers, type ParityCase, paritySizes, random } from '../harness.js';

const shapes = paritySizes.flatMap((columns) => [0, 1, 9].map((rows) => ({ rows, columns })));

/** Labels of which some are ignored; all of them where there is nothing to choose from. */
function labels(rows: number, columns: number) {
  const { integer } = random(rows + columns);
  return integers(Array.from({ length: rows }, (_, r) => (columns === 0 || r % 4 === 1 ? -100 : integer(columns))));
}

export const crossEntropy: ParityCase[] = [1, 30].flatMap((size) =>
  shapes.map(({ rows, columns }) => ({
    title: `${rows}x${columns} of size ${size}`,
    inputs: { logits: floats(rows * columns, 1, size), labels: labels(rows, columns) },
    outputs: { loss: { dtype: 'f32', length: rows }, logSumExp: { dtype: 'f32', length: rows } },
    numbers: { rows, columns },
  })),
);

export const crossEntropyBackward: ParityCase[] = shapes.map(({ rows, columns }) => ({
  title: `${rows}x${columns}`,
  inputs: {
    logits: floats(rows * columns, 1),
    labels: labels(rows, columns),
    // Near the true ones, which for normal logits are log(columns) + 1/2.
    logSumExp: {
      dtype: 'f32',
      data: floats(rows, 2, 0.1).data.map((value) => value + Math.log(columns + 1) + 0.5) as Float32Array,
    },
    dLoss: floats(rows, 3),
  },
  outputs: { dLogits: { dtype: 'f32', length: rows * columns } },
  numbers: { rows, columns },
}));
