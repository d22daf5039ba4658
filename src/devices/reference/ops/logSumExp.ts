import type { Values } from '../operands.js';

/** log of the sum of e^values[i] over `columns` values from `at`; the largest is taken out so that nothing overflows. */
export function logSumExp(values: Values, at: number, columns: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < columns; c++) largest = Math.max(largest, values[at + c]!);
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += Math.exp(values[at + c]! - largest);
  return largest + Math.log(sum);
}
