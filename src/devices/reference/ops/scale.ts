import type { Kernel } from '../operands.js';

export const scale: Kernel<'scale'> = ({ x, out, count, factor, shift }) => {
  for (let i = 0; i < count; i++) out[i] = factor * x[i]! + shift;
};
