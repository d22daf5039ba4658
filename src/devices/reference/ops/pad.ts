import type { Kernel } from '../operands.js';

export const pad: Kernel<'pad'> = ({ x, out, outer, size, inner, start, length }) => {
  out.fill(0, 0, outer * size * inner);
  for (let o = 0; o < outer; o++) {
    for (let l = 0; l < length; l++) {
      for (let i = 0; i < inner; i++) out[(o * size + start + l) * inner + i] = x[(o * length + l) * inner + i]!;
    }
  }
};
