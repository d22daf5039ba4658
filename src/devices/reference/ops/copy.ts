import type { Kernel } from '../operands.js';

export const copy: Kernel<'copy'> = ({ x, into, count }) => {
  into.set(x.subarray(0, count));
};
