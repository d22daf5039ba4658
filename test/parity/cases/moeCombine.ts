import { floats, integers, type Operand, type ParityCase, random } from '../harness.js';
import { filled } from './segments.js';

const shapes = [
  [0, 2, 4],
  [1, 1, 1],
  [3, 0, 5],
  [3, 2, 0],
  [7, 2, 63],
  [9, 3, 64],
  [4, 8, 65],
  [63, 2, 257],
  [2, 2, 1000],
] as const;

/** A permutation of the places. */
function places(count: number): Operand {
  const order = Array.from({ length: count }, (_, i) => i);
  const { integer } = random(5);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return integers(order);
}

export const moeCombine: ParityCase[] = shapes.map(([rows, k, columns]) => ({
  title: `${rows}x${k}x${columns}`,
  inputs: { y: floats(rows * k * columns, 1), weights: floats(rows * k, 2), position: places(rows * k) },
  outputs: { out: filled(rows * columns) },
  numbers: { rows, k, columns },
}));

export const moeCombineBackward: ParityCase[] = shapes.flatMap(([rows, k, columns]) =>
  [['dY'], ['dWeights'], ['dY', 'dWeights']].map((wanted) => ({
    title: `${rows}x${k}x${columns} ${wanted.join(' ')}`,
    inputs: {
      y: floats(rows * k * columns, 1),
      weights: floats(rows * k, 2),
      position: places(rows * k),
      dOut: floats(rows * columns, 3, 0.1),
    },
    outputs: Object.fromEntries(wanted.map((name) => [name, filled(name === 'dY' ? rows * k * columns : rows * k)])),
    numbers: { rows, k, columns },
  })),
);
