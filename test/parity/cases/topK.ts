import { floats, type ParityCase, random } from '../harness.js';

const shapes = [
  [0, 4, 2],
  [1, 1, 1],
  [3, 4, 0],
  [7, 16, 2],
  [63, 7, 7],
  [5, 64, 64],
  [2, 65, 3],
  [257, 8, 2],
  [1, 1000, 50],
] as const;

const extremes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
const { integer } = random(2);
/** What a value becomes: itself, one of three, or in every second place one of the extremes. */
const kinds: Record<string, (value: number) => number> = {
  normal: (value) => value,
  ties: () => integer(3) - 1,
  extremes: (value) => (integer(2) === 0 ? value : extremes[integer(5)]!),
};

export const topK: ParityCase[] = Object.entries(kinds).flatMap(([kind, value]) =>
  shapes.map(
    ([rows, columns, k]): ParityCase => ({
      title: `${rows}x${columns} k ${k} ${kind}`,
      inputs: { x: { dtype: 'f32', data: floats(rows * columns, 1).data.map(value) } },
      outputs: { values: { dtype: 'f32', length: rows * k }, indices: { dtype: 'i32', length: rows * k } },
      numbers: { rows, columns, k },
      tolerance: 0,
    }),
  ),
);
