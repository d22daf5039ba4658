import type { Kernel } from '../operands.js';

export const expand: Kernel<'expand'> = ({ x, out, outer, size, inner }) => {
  for (let o = 0; o < outer; o++) {
    for (let s = 0; s < size; s++) {
      for (let i = 0; i < inner; i++) out[(o * size + s) * inner + i] = x[o * inner + i]!;
    }
  }
};
