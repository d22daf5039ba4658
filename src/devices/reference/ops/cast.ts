import type { Kernel } from '../operands.js';

/** The device rounds what a kernel writes to buffers of bf16 and f16. */
export const cast: Kernel<'cast'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = x[i]!;
};
