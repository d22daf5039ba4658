/** Activations in the form that a matrix is multiplied with; several projections of one tensor share the work. */
import { cast, type Int8Groups, quantizeGroups, type Tensor } from '../tensor/index.js';
import type { Matrix, MatrixRole } from './weights.js';

/**
 * How matrices in panels are multiplied: groups of 32 activations share a scale, and of 16 those of a mixer's gated output,
 * whose rounding costs most (docs/experiments).
 */
export const int8Form = (role: MatrixRole) =>
  ({ activations: 'int8', activationGroup: role === 'mixerOutput' ? 16 : 32 }) as const;

/**
 * Rows x (T, C) on their way into several projections, which share the narrow form that their matrices ask for: it is made
 * once, by the first that wants it. One belongs to one pass of one module, lives in its scope, and is handed on, never kept:
 * what was made of x says nothing of x after a write, under another tape or in a step that is captured later.
 */
export class Activations {
  private rounded: Tensor | undefined;
  private readonly quantized = new Map<number | undefined, Int8Groups>();

  constructor(readonly values: Tensor) {}

  /** Rounded to bf16; gradients pass straight through the rounding. */
  bf16(): Tensor {
    this.rounded ??= cast(this.values, 'bf16');
    return this.rounded;
  }

  /** As int8, one scale for each group of the matrix's size. */
  int8({ activationGroup }: Pick<Matrix, 'activationGroup'>): Int8Groups {
    const known = this.quantized.get(activationGroup);
    if (known !== undefined) return known;
    const rows = quantizeGroups(this.values, activationGroup);
    this.quantized.set(activationGroup, rows);
    return rows;
  }
}

/** What a projection takes: rows that it has for itself, or that it shares. */
export type Rows = Tensor | Activations;

export const valuesOf = (x: Rows): Tensor => (x instanceof Activations ? x.values : x);
export const activationsOf = (x: Rows): Activations => (x instanceof Activations ? x : new Activations(x));

/** x · silu(gate) as int8, one scale for each group. */
export const gatedInt8Activations = (
  x: Tensor,
  gate: Tensor,
  { activationGroup }: Pick<Matrix, 'activationGroup'>,
): Int8Groups => quantizeGroups(x, activationGroup, gate);
