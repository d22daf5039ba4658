import type { Kernel } from '../operands.js';

export const exp: Kernel<'exp'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = Math.exp(x[i]!);
};
