import type { Kernel } from '../operands.js';

export const sigmoid: Kernel<'sigmoid'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = 1 / (1 + Math.exp(-x[i]!));
};
