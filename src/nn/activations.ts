/** Activations in the form that a matrix is multiplied with; several projections of one tensor share the work. */
import { cast, type Int8Groups, quantizeGroups, type Tensor } from '../tensor/index.js';
import type { Matrix, MatrixRole } from './weights.js';

/**
 * How matrices in panels are multiplied: groups of 32 activations share a scale, and of 16 those of a mixer's gated output,
 * whose rounding costs most (docs/experiments).
 */
export const int8Form = (role: MatrixRole) =>
  ({ activations: 'int8', activationGroup: role === 'mixerOutput' ? 16 : 32 }) as const;

const quantized = new WeakMap<Tensor, Int8Groups>();
const rounded = new WeakMap<Tensor, Tensor>();

/** x (T, C) as int8, one scale for each group of the matrix's size. What is made lives in the caller's scope, as x does. */
export function int8Activations(x: Tensor, { activationGroup }: Pick<Matrix, 'activationGroup'>): Int8Groups {
  const known = quantized.get(x);
  const groups = known === undefined ? 0 : known.values.shape[1]! / known.scale.shape[1]!;
  if (known !== undefined && !known.values.disposed && groups === (activationGroup ?? groups)) return known;
  const rows = quantizeGroups(x, activationGroup);
  quantized.set(x, rows);
  return rows;
}

/** x · silu(gate) as `int8Activations` has x. */
export const gatedInt8Activations = (
  x: Tensor,
  gate: Tensor,
  { activationGroup }: Pick<Matrix, 'activationGroup'>,
): Int8Groups => quantizeGroups(x, activationGroup, gate);

/** x (T, C) rounded to bf16. Lives in the caller's scope; gradients pass straight through the rounding. */
export function bf16Activations(x: Tensor): Tensor {
  const known = rounded.get(x);
  if (known !== undefined && !known.disposed) return known;
  const rows = cast(x, 'bf16');
  rounded.set(x, rows);
  return rows;
}
