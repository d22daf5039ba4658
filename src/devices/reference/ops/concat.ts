import type { Kernel } from '../operands.js';

export const concat: Kernel<'concat'> = ({ x, sizes, out, outer, size, inner }) => {
  let start = 0;
  x.forEach((part, p) => {
    for (let o = 0; o < outer; o++) {
      for (let s = 0; s < sizes[p]!; s++) {
        for (let i = 0; i < inner; i++)
          out[(o * size + start + s) * inner + i] = part[(o * sizes[p]! + s) * inner + i]!;
      }
    }
    start += sizes[p]!;
  });
};
