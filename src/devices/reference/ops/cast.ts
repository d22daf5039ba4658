import type { Kernel } from '../operands.js';

/** Buffers of bf16 and f16 are rounded when they are read out; until then the reference keeps the whole float64. */
export const cast: Kernel<'cast'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = x[i]!;
};
