import type { Kernel } from '../operands.js';

/** To nearest, ties to even. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Rounded to float32 where a float32 machine rounds, so that every device gives the same integers. A row whose scale is zero
 * has values 0, and so has an element whose quotient is NaN.
 */
export const quantizeRows: Kernel<'quantizeRows'> = ({ x, values, scale, rows, columns }) => {
  for (let r = 0; r < rows; r++) {
    let largest = 0;
    for (let c = 0; c < columns; c++)
      if (Math.abs(x[r * columns + c]!) > largest) largest = Math.abs(x[r * columns + c]!);
    scale[r] = Math.fround(largest / 127);
    for (let c = 0; c < columns; c++) {
      const quotient = scale[r] === 0 ? 0 : Math.fround(x[r * columns + c]! / scale[r]!);
      values[r * columns + c] = Number.isNaN(quotient) ? 0 : Math.max(-127, Math.min(127, roundHalfEven(quotient)));
    }
  }
};
