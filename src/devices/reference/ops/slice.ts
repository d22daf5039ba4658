import type { Kernel } from '../operands.js';

export const slice: Kernel<'slice'> = ({ x, out, outer, size, inner, start, length }) => {
  for (let o = 0; o < outer; o++) {
    for (let l = 0; l < length; l++) {
      for (let i = 0; i < inner; i++) out[(o * length + l) * inner + i] = x[(o * size + start + l) * inner + i]!;
    }
  }
};
