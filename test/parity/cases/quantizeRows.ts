import { panelInner } from '../../../src/contract/index.js';
import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';
import { roundUp } from './matmulInt8.js';
import { typed } from './typed.js';

const single = (title: string, rows: number, columns: number, x: Operand): ParityCase => ({
  title: `${title} ${rows}x${columns} ${x.dtype}`,
  inputs: { x },
  outputs: { values: { dtype: 'i8', length: rows * columns }, scale: { dtype: 'f32', length: rows } },
  numbers: { rows, columns },
  tolerance: 0,
});

const row = (...values: number[]) =>
  single(`${values}`, 1, values.length, { dtype: 'f32', data: Float32Array.from(values) });

/** Gates whose silu has no rounding: every device gives the same integers. */
const gates = (count: number): Operand => ({
  dtype: 'f32',
  data: Float32Array.from({ length: count }, (_, i) => [32, 0, 20, -300][i % 4]! * (i % 3 === 0 ? 1 : 2)),
});

const groups = (
  title: string,
  rows: number,
  columns: number,
  group: number,
  x: Operand,
  gate?: Operand,
): ParityCase => {
  const padded = roundUp(columns, panelInner);
  const length = (rows * padded) / group;
  return {
    title: `${title} ${rows}x${columns} by ${group}`,
    inputs: { x, ...(gate && { gate }) },
    outputs: {
      values: { dtype: 'i8', length: rows * padded },
      scale: { dtype: 'f32', length },
      sums: { dtype: 'i32', length },
    },
    numbers: { rows, columns, group },
    tolerance: 0,
  };
};

export const quantizeGroups: ParityCase[] = [
  ...paritySizes.flatMap((columns) =>
    [0, 1, 9].flatMap((rows) =>
      [4, 8, 16, 32].map((group) => groups('', rows, columns, group, floats(rows * columns, 1))),
    ),
  ),
  ...[1, 63, 257, 5000].flatMap((columns) =>
    [4, 16, 32].map((group) => groups('gated', 3, columns, group, floats(3 * columns, 1), gates(3 * columns))),
  ),
  groups('not finite', 1, 3, 16, { dtype: 'f32', data: Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY) }),
  groups('subnormal', 1, 4, 4, { dtype: 'f32', data: Float32Array.of(1e-40, -3e-41, 1e-45, 0) }),
  groups('tiny', 1, 4, 4, { dtype: 'f32', data: Float32Array.of(4e-37, -3.9e-37, 1e-37, 1e-40) }),
  groups('large', 1, 4, 4, { dtype: 'f32', data: Float32Array.of(3.4e38, -1e38, 1e37, 0) }),
  groups('zeros', 1, 40, 16, { dtype: 'f32', data: new Float32Array(40) }),
];

export const quantizeRows: ParityCase[] = [
  ...paritySizes.flatMap((columns) =>
    [0, 1, 9].flatMap((rows) =>
      (['f32', 'bf16', 'f16'] as const).map((dtype) => single('', rows, columns, typed(dtype, rows * columns, 1))),
    ),
  ),
  single('many', 40, 1000, floats(40_000, 2, 0.02)),
  // Scale 1: every half meets its even neighbour.
  row(127, ...Array.from({ length: 254 }, (_, i) => i - 126.5)),
  row(0, -0, 0),
  row(-3, 1, 2),
  // The scale is a subnormal, or zero where the row is not; a quotient beyond 127 is held.
  row(1e-40, -3e-41, 1e-45),
  row(190 * 2 ** -149, -190 * 2 ** -149),
  row(1e-45, -1e-45),
  row(3.4e38, -1e38, 1e37),
  row(Number.NaN, 1, -2),
  row(Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY),
];
