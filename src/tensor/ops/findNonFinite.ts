import { magnitudeBlock } from '../../contract/index.js';
import { apply } from '../apply.js';
import { floats, i32, type OpRules } from '../rule.js';
import type { Tensor } from '../tensor.js';

export const findNonFiniteRules: OpRules<'findNonFinite'> = {
  shape: ({ x }) => ({
    outputs: { out: i32([Math.ceil(x.size / magnitudeBlock)]) },
    numbers: { count: x.size },
  }),
  backward: null,
  dtypes: { x: floats },
};

/** The place in memory order of the first element of x (f32, bf16, f16) that is not finite, if there is one. */
export async function findNonFinite(x: Tensor): Promise<number | undefined> {
  using blocks = apply('findNonFinite', findNonFiniteRules, { x }).out;
  const firsts = await blocks.read();
  const block = firsts.findIndex((first) => first >= 0);
  return block < 0 ? undefined : block * magnitudeBlock + firsts[block]!;
}
