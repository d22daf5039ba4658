import { apply } from '../apply.js';
import { anyDType, backwardRule, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

/** Float types that `cast` makes. */
export type CastDType = 'f32' | 'bf16' | 'f16';

// Gradients pass straight through: rounding has none of its own.
const castTo = (dtype: CastDType): OpRules<'cast'> => ({
  shape: ({ x }) => ({ outputs: { out: { shape: x.shape, dtype } }, numbers: { count: x.size } }),
  backward: backwardRule<'cast'>()([], (_, { out }) => ({ x: out })),
  dtypes: { x: anyDType },
});

const rulesFor = { f32: castTo('f32'), bf16: castTo('bf16'), f16: castTo('f16') };
export const castRules = rulesFor.f32;

/** The elements in another float type, rounded to the nearest (ties to even). Integers can be cast to f32. */
export const cast = (x: Tensor, dtype: CastDType): Tensor => apply('cast', rulesFor[dtype], { x }).out;
