import type { Kernel } from '../operands.js';

/** The device rounds what a kernel has written to the dtype of its buffer. */
export const cast: Kernel<'cast'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = x[i]!;
};
