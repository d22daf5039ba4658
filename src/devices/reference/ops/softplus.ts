import type { Kernel } from '../operands.js';

export const softplusOf = (x: number) => (x > 20 ? x : Math.log1p(Math.exp(x)));

export const softplus: Kernel<'softplus'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = softplusOf(x[i]!);
};
