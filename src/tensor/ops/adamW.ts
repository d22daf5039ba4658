import { apply } from '../apply.js';
import type { OpRules } from '../rule.js';
import { shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const adamWRules: OpRules<'adamW'> = {
  shape: ({ parameter, ...others }, constants) => {
    for (const [operand, tensor] of Object.entries(others)) {
      if (tensor !== undefined && tensor.size !== parameter.size) {
        shapeError('adamW', operand, `${parameter.size} elements`, `${tensor.size}`);
      }
    }
    return { outputs: {}, numbers: { ...(constants as AdamWConstants), count: parameter.size } };
  },
  backward: null,
  dtypes: { rounded: ['bf16'] },
};

export interface AdamWStep {
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

/** What a step is to every parameter. */
export type AdamWConstants = Omit<AdamWStep, 'step'> & {
  readonly firstCorrection: number;
  readonly secondCorrection: number;
};

export const adamWConstants = ({ step, ...constants }: AdamWStep): AdamWConstants => ({
  ...constants,
  firstCorrection: 1 / (1 - constants.beta1 ** step),
  secondCorrection: 1 / (1 - constants.beta2 ** step),
});

export interface AdamWOperands {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  /** Becomes the parameter in bf16. */
  readonly rounded?: Tensor | undefined;
}

/** One step of AdamW (Loshchilov and Hutter 2019) on a parameter, in place; all have the same number of elements. */
export function adamW(operands: AdamWOperands, constants: AdamWConstants): void {
  apply('adamW', adamWRules, operands, constants);
}
