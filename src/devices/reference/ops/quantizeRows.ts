import type { Kernel, Values } from '../operands.js';
import { paddedInner } from './packPanels.js';
import { siluOf } from './silu.js';

/** To nearest, ties to even. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** NaN if one of them is. */
function largestMagnitude(x: Values, from: number, count: number): number {
  let largest = 0;
  for (let i = from; i < from + count; i++) largest = Math.max(largest, Math.abs(x[i]!));
  return largest;
}

/** `count` elements of x from `from` on, as integers in `values` from `to` on; returns their scale. */
function quantized(x: Values, from: number, count: number, values: Values, to: number): number {
  const largest = largestMagnitude(x, from, count);
  const scale = Math.fround(largest / 127);
  for (let i = 0; i < count; i++) {
    const quotient = scale === 0 ? 0 : Math.fround(x[from + i]! / scale);
    values[to + i] = Number.isNaN(quotient) ? 0 : Math.max(-127, Math.min(127, roundHalfEven(quotient)));
  }
  return scale;
}

/**
 * Rounded to float32 where a float32 machine rounds, so that every device gives the same integers. A row whose scale is zero
 * has values 0, and so has an element whose quotient is NaN; a NaN makes its row's scale NaN.
 */
export const quantizeRows: Kernel<'quantizeRows'> = ({ x, values, scale, rows, columns }) => {
  for (let r = 0; r < rows; r++) {
    scale[r] = quantized(x, r * columns, columns, values, r * columns);
  }
};

/**
 * As above with a product by the reciprocal, rounded to float32 where a float32 machine rounds. A group whose reciprocal is not
 * finite counts as zeros, with NaN for its scale if it has one.
 */
function groupQuantized(x: Values, from: number, count: number, values: Values, to: number): number {
  const largest = largestMagnitude(x, from, count);
  const inverse = Math.fround(127 / largest);
  if (!Number.isFinite(inverse)) return Number.isNaN(largest) ? largest : 0;
  for (let i = 0; i < count; i++) {
    const product = Math.fround(x[from + i]! * inverse);
    values[to + i] = Number.isNaN(product) ? 0 : Math.max(-127, Math.min(127, roundHalfEven(product)));
  }
  return Math.fround(largest / 127);
}

/** x · silu(gate), rounded where a float32 machine rounds. */
const gated = (x: Values, gate: Values, count: number): Values =>
  Float64Array.from({ length: count }, (_, i) => Math.fround(x[i]! * Math.fround(siluOf(gate[i]!))));

export const quantizeGroups: Kernel<'quantizeGroups'> = ({
  gate,
  values,
  scale,
  sums,
  rows,
  columns,
  group,
  ...args
}) => {
  const x = gate === undefined ? args.x : gated(args.x, gate, rows * columns);
  const inner = paddedInner(columns);
  const groups = inner / group;
  values.fill(0, 0, rows * inner);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) {
      const at = r * groups + g;
      const first = g * group;
      const count = Math.max(0, Math.min(group, columns - first));
      scale[at] = groupQuantized(x, r * columns + first, count, values, r * inner + first);
      sums[at] = 0;
      for (let i = 0; i < count; i++) sums[at] += values[r * inner + first + i]!;
    }
  }
};
