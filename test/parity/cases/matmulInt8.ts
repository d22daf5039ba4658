import { floats, integers, type Operand, type ParityCase, random } from '../harness.js';

function bytes(count: number, seed: number): Operand {
  const { integer } = random(seed);
  // The extremes of both signs stand in every operand: their products are the largest.
  return {
    dtype: 'i8',
    data: Int8Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 127 : i % 7 === 0 ? -127 : integer(255) - 127)),
  };
}

const positive = (count: number, seed: number): Operand => ({
  dtype: 'f32',
  data: floats(count, seed).data.map((value) => Math.abs(value) * 0.01),
});

const sizes = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 65],
  [1, 1000, 63],
  [4, 64, 4],
  [5, 63, 7],
  [7, 65, 257],
  [64, 33, 64],
  [130, 127, 65],
  [2, 65536, 5],
] as const;

// Integer sums are exact and the scales are multiplied in one order, so without a bias nothing may differ.
export const matmulInt8: ParityCase[] = sizes.flatMap(([rows, inner, columns]) =>
  [false, true].map(
    (bias): ParityCase => ({
      title: `${rows}x${inner}x${columns}${bias ? ' bias' : ''}`,
      inputs: {
        a: bytes(rows * inner, 1),
        aScale: positive(rows, 2),
        b: bytes(columns * inner, 3),
        bScale: positive(columns, 4),
        ...(bias ? { bias: floats(columns, 5) } : {}),
      },
      outputs: { out: { dtype: 'f32', length: rows * columns } },
      numbers: { rows, inner, columns },
      ...(bias ? {} : { tolerance: 0 }),
    }),
  ),
);

const groups = [
  [[0, 0, 0], 5, 3],
  [[0, 2, 2, 7], 65, 33],
  [[0, 1, 1, 1, 140], 127, 66],
  [[0, 9], 64, 4],
] as const;

export const groupedMatmulInt8: ParityCase[] = groups.map(([offsets, inner, columns]) => {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  const each = Array.from({ length: experts }, (_, e) => e);
  return {
    title: `${offsets.join(' ')} x${inner}x${columns}`,
    inputs: {
      a: bytes(rows * inner, 1),
      aScale: positive(rows, 2),
      offsets: integers(offsets),
      b: each.map((e) => bytes(columns * inner, 10 + e)),
      bScale: each.map((e) => positive(columns, 20 + e)),
    },
    outputs: { out: { dtype: 'f32', length: rows * columns } },
    numbers: { rows, inner, columns, experts },
    tolerance: 0,
  };
});
