/** Activations in the form that a matrix is multiplied with; several projections of one tensor share the work. */
import { cast, type Int8Rows, quantizeRows, type Tensor } from '../tensor/index.js';

const quantized = new WeakMap<Tensor, Int8Rows>();
const rounded = new WeakMap<Tensor, Tensor>();

/** x (T, C) with one scale per row. What is made lives in the caller's scope, as x does. */
export function int8Activations(x: Tensor): Int8Rows {
  const known = quantized.get(x);
  if (known !== undefined && !known.values.disposed) return known;
  const rows = quantizeRows(x);
  quantized.set(x, rows);
  return rows;
}

/** x (T, C) rounded to bf16. Lives in the caller's scope; gradients pass straight through the rounding. */
export function bf16Activations(x: Tensor): Tensor {
  const known = rounded.get(x);
  if (known !== undefined && !known.disposed) return known;
  const rows = cast(x, 'bf16');
  rounded.set(x, rows);
  return rows;
}
