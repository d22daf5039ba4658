import type { Kernel } from '../operands.js';

export const sum: Kernel<'sum'> = ({ x, out, outer, size, inner }) => {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = 0;
      for (let s = 0; s < size; s++) total += x[(o * size + s) * inner + i]!;
      out[o * inner + i] = total;
    }
  }
};
