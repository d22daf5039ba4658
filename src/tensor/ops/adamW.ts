import { apply } from '../apply.js';
import type { OpRules } from '../rule.js';
import { shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const adamWRules: OpRules<'adamW'> = {
  shape: ({ parameter, ...others }, constants) => {
    for (const [operand, { size }] of Object.entries(others)) {
      if (size !== parameter.size) shapeError('adamW', operand, `${parameter.size} elements`, `${size}`);
    }
    return { outputs: {}, numbers: { ...(constants as Required<typeof constants>), count: parameter.size } };
  },
  backward: null,
};

export interface AdamWConstants {
  /** The learning rate of this step. */
  readonly rate: number;
  /** Weight decay; the parameter loses rate · decay of itself. */
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Counts from 1; the moments begin as zeros, and are corrected by 1 / (1 - beta^step). */
  readonly step: number;
  /** Multiplies the gradient first, as clipping does. */
  readonly gradientScale: number;
}

/** One step of AdamW (Loshchilov and Hutter 2019) on a parameter, in place; all four have the same number of elements. */
export function adamW(
  operands: { readonly parameter: Tensor; readonly gradient: Tensor; readonly first: Tensor; readonly second: Tensor },
  { step, ...constants }: AdamWConstants,
): void {
  const firstCorrection = 1 / (1 - constants.beta1 ** step);
  const secondCorrection = 1 / (1 - constants.beta2 ** step);
  apply('adamW', adamWRules, operands, { ...constants, firstCorrection, secondCorrection });
}
