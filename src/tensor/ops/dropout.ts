import { JambalayaError } from '../../errors/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

/** 64 bits as two unsigned 32-bit numbers. One seed gives one mask: take another for every call. */
export interface Seed {
  readonly low: number;
  readonly high: number;
}

export const dropoutRules: OpRules<'dropout'> = {
  shape: ({ x }, { probability = 0, seedLow = 0, seedHigh = 0 }) => ({
    outputs: { out: f32(x.shape) },
    numbers: { count: x.size, seedLow, seedHigh, probability },
  }),
  // The mask is not kept: the same seed makes it again.
  backward: backwardRule<'dropout'>()([], (_, { out }, { numbers }) => ({
    x: apply('dropout', dropoutRules, { x: out! }, numbers).out,
  })),
};

/** Zeroes elements with `probability` (0 to 1) and multiplies the rest by 1 / (1 - probability). */
export function dropout(x: Tensor, probability: number, seed: Seed): Tensor {
  if (!(probability >= 0 && probability <= 1)) {
    throw new JambalayaError('usage', {
      argument: 'dropout: probability',
      expected: '0 to 1',
      found: String(probability),
    });
  }
  return apply('dropout', dropoutRules, { x }, { probability, seedLow: seed.low | 0, seedHigh: seed.high | 0 }).out;
}
