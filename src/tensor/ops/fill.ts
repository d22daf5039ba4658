import { type Device, encodeCommand } from '../../contract/index.js';
import { submit } from '../capture.js';
import type { OpRules } from '../rule.js';
import { countOf, type Shape } from '../shape.js';
import { Tensor } from '../tensor.js';

export const fillRules: OpRules<'fill'> = {
  shape: (_, { count = 0, value = 0 }) => ({
    outputs: { out: { shape: [count], dtype: 'f32' } },
    numbers: { count, value },
  }),
  backward: null,
};

/** A tensor whose every element is `value`. */
export function fill(device: Device, shape: Shape, value: number): Tensor {
  const out = Tensor.empty(device, shape);
  submit(device, encodeCommand('fill', { out, count: countOf(shape), value }));
  return out;
}

export const zeros = (device: Device, shape: Shape): Tensor => fill(device, shape, 0);
