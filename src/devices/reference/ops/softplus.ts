import type { Kernel } from '../operands.js';

export const softplus: Kernel<'softplus'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = x[i]! > 20 ? x[i]! : Math.log1p(Math.exp(x[i]!));
};
