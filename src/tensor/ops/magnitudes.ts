import { magnitudeBlock } from '../../contract/index.js';
import { apply } from '../apply.js';
import { f32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const magnitudesRules: OpRules<'magnitudes'> = {
  shape: ({ x }) => {
    const blocks = f32([Math.ceil(x.size / magnitudeBlock)]);
    return { outputs: { squares: blocks, largest: blocks }, numbers: { count: x.size } };
  },
  backward: null,
};

/**
 * The sum of squares and the largest |x| of every block of 4,096 elements in memory order, the last one shorter: (blocks) each.
 * A NaN makes its block's sum NaN and is passed over by the largest. Measures: it has no gradient.
 */
export const magnitudes = (x: Tensor): { readonly squares: Tensor; readonly largest: Tensor } =>
  apply('magnitudes', magnitudesRules, { x });
