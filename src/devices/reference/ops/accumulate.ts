import type { Kernel } from '../operands.js';

export const accumulate: Kernel<'accumulate'> = ({ x, into, count }) => {
  for (let i = 0; i < count; i++) into[i]! += x[i]!;
};
