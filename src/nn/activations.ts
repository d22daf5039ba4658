/** Activations as int8 rows, for products of integers; several projections of one tensor share the work. */
import { type Int8Rows, quantizeRows, type Tensor } from '../tensor/index.js';

const quantized = new WeakMap<Tensor, Int8Rows>();

/** x (T, C) with one scale per row. What is made lives in the caller's scope, as x does. */
export function int8Activations(x: Tensor): Int8Rows {
  const known = quantized.get(x);
  if (known !== undefined && !known.values.disposed) return known;
  const rows = quantizeRows(x);
  quantized.set(x, rows);
  return rows;
}
