import { panelColumns, panelInner } from '../../../src/contract/index.js';
import { floats, integers, type Operand, type ParityCase, random } from '../harness.js';

export const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple;

/** int8 values without -128, zero where `holds` says that nothing lies there. */
export function bytes(count: number, seed: number, holds: (i: number) => boolean = () => true): Operand {
  const { integer } = random(seed);
  // The extremes of both signs stand in every operand: their products are the largest.
  const value = (i: number) => (i % 5 === 0 ? 127 : i % 7 === 0 ? -127 : integer(255) - 127);
  return { dtype: 'i8', data: Int8Array.from({ length: count }, (_, i) => (holds(i) ? value(i) : 0)) };
}

const positive = (count: number, seed: number): Operand => ({
  dtype: 'f32',
  data: floats(count, seed).data.map((value) => Math.abs(value) * 0.01),
});

/** Rows of activations in groups: zeros behind `inner`, with the sums of the groups. */
function groupedRows(rows: number, inner: number, group: number, seed: number) {
  const padded = roundUp(inner, panelInner);
  const groups = padded / group;
  const a = bytes(rows * padded, seed, (i) => i % padded < inner);
  const sums = Array.from({ length: rows * groups }, (_, at) =>
    (a.data as Int8Array).subarray(at * group, (at + 1) * group).reduce((sum, value) => sum + value, 0),
  );
  return { a, aScale: positive(rows * groups, seed + 1), aSums: integers(sums) };
}

/** A matrix (columns, inner) in panels: zeros outside. */
const panels = (columns: number, inner: number, seed: number) => {
  const padded = roundUp(inner, panelInner);
  const panel = panelColumns * padded;
  return bytes(roundUp(columns, panelColumns) * padded, seed, (i) => {
    const quad = Math.floor((i % panel) / (4 * panelColumns));
    const row = Math.floor(i / panel) * panelColumns + (Math.floor(i / 4) % panelColumns);
    return row < columns && quad * 4 + (i % 4) < inner;
  });
};

const sizes = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 65],
  [1, 1000, 63],
  [2, 96, 48],
  [4, 64, 4],
  [5, 63, 7],
  [7, 65, 257],
  [16, 130, 290],
  [24, 96, 97],
  [64, 33, 64],
  [130, 127, 65],
  [2, 4096, 5],
] as const;

export const matmulInt8: ParityCase[] = sizes.flatMap(([rows, inner, columns]) =>
  [4, 16, 32].map(
    (group): ParityCase => ({
      title: `${rows}x${inner}x${columns} groups of ${group}`,
      inputs: {
        ...groupedRows(rows, inner, group, 1),
        b: panels(columns, inner, 3),
        bScale: positive(columns, 4),
        ...(group === 16 ? { bias: floats(columns, 5) } : {}),
      },
      outputs: { out: { dtype: 'f32', length: rows * columns } },
      numbers: { rows, inner, columns, group },
    }),
  ),
);

const loads = [
  [[0, 0, 0], 5, 3],
  [[0, 2, 2, 7], 65, 33],
  [[0, 1, 1, 1, 140], 127, 66],
  [[0, 9], 64, 4],
] as const;

export const groupedMatmulInt8: ParityCase[] = loads.flatMap(([offsets, inner, columns]) =>
  [16, 32].map((group) => {
    const experts = offsets.length - 1;
    const rows = offsets[experts]!;
    const each = Array.from({ length: experts }, (_, e) => e);
    return {
      title: `${offsets.join(' ')} x${inner}x${columns} groups of ${group}`,
      inputs: {
        ...groupedRows(rows, inner, group, 1),
        offsets: integers(offsets),
        b: each.map((e) => panels(columns, inner, 10 + e)),
        bScale: each.map((e) => positive(columns, 20 + e)),
      },
      outputs: { out: { dtype: 'f32', length: rows * columns } },
      numbers: { rows, inner, columns, group, experts },
    };
  }),
);
