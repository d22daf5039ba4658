import { maxHeadSize } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { segmentsOf } from '../sequences.js';
import { expectAtMost, expectShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const rotaryRules: OpRules<'rotary'> = {
  shape: ({ x, frequencies, offsets, starts }, { inverse = 0, factor = 1 }) => {
    expectShape('rotary', 'x', x, [undefined, undefined, undefined]);
    const [rows, heads, headSize] = x.shape as [number, number, number];
    expectAtMost('rotary: head size', maxHeadSize, headSize);
    if (headSize % 2 !== 0) shapeError('rotary', 'x', 'heads of an even size', `${headSize}`);
    expectShape('rotary', 'frequencies', frequencies, [headSize / 2]);
    const segments = segmentsOf('rotary', offsets);
    if (starts !== undefined) expectShape('rotary', 'starts', starts, [segments]);
    return { outputs: { out: f32(x.shape) }, numbers: { rows, segments, heads, headSize, inverse, factor } };
  },
  backward: backwardRule<'rotary'>()(
    ['frequencies', 'offsets', 'starts'],
    (saved, { out }, { numbers: { inverse, factor } }) => ({
      x: apply('rotary', rotaryRules, { ...saved, x: out! }, { inverse: 1 - inverse, factor }).out,
    }),
  ),
  dtypes: { offsets: indexDType, starts: indexDType },
};

export interface RotaryOptions {
  /** i32 (S+1): segment s has rows [offsets[s], offsets[s+1]). */
  readonly offsets: Tensor;
  /** i32 (S): the position of each segment's first row in its sequence; 0 unless given. */
  readonly starts?: Tensor | undefined;
  /** What the turned elements are multiplied by: 1 unless given. */
  readonly factor?: number | undefined;
}

/**
 * Turns elements i and i + Dh/2 of every head of x (T, H, Dh) by the row's position times frequencies[i], (Dh/2). The
 * frequencies have no gradient.
 */
export const rotary = (x: Tensor, frequencies: Tensor, { offsets, starts, factor = 1 }: RotaryOptions): Tensor =>
  apply('rotary', rotaryRules, { x, frequencies, offsets, starts }, { factor }).out;
