import type { Kernel } from '../operands.js';

export const log: Kernel<'log'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = Math.log(x[i]!);
};
