import { integers, type ParityCase, random } from '../harness.js';

const shapes = [
  [0, 2, 4],
  [1, 1, 1],
  [7, 2, 4],
  [63, 2, 16],
  [65, 1, 3],
  [257, 8, 9],
  [1000, 2, 16],
  [3, 0, 2],
  [2, 3, 300],
] as const;

export const groupByExpert: ParityCase[] = shapes.flatMap(([rows, k, experts]) =>
  // All experts, or the upper half only, so that the first ones get no row.
  [0, Math.floor(experts / 2)].map((lowest): ParityCase => {
    const { integer } = random(rows + lowest);
    return {
      title: `${rows}x${k} experts ${lowest}..${experts - 1}`,
      inputs: { indices: integers(Array.from({ length: rows * k }, () => lowest + integer(experts - lowest))) },
      outputs: {
        source: { dtype: 'i32', length: rows * k },
        position: { dtype: 'i32', length: rows * k },
        offsets: { dtype: 'i32', length: experts + 1 },
      },
      numbers: { rows, k, experts },
    };
  }),
);
