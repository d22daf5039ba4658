import type { Kernel } from '../operands.js';

export const tanh: Kernel<'tanh'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = Math.tanh(x[i]!);
};
