import type { Kernel } from '../operands.js';
import { checkOffsets } from '../segments.js';
import { checkIndices } from './indices.js';

export const rotary: Kernel<'rotary'> = (args) => {
  const { x, frequencies, offsets, starts, out, rows, segments, heads, headSize, inverse, factor } = args;
  checkOffsets('rotary', offsets, segments, rows);
  if (starts !== undefined) checkIndices('rotary', starts, segments, Number.POSITIVE_INFINITY);
  const half = headSize / 2;
  for (let s = 0; s < segments; s++) {
    for (let r = offsets[s]!; r < offsets[s + 1]!; r++) {
      const position = (starts?.[s] ?? 0) + r - offsets[s]!;
      for (let i = 0; i < half; i++) {
        const angle = (inverse ? -position : position) * frequencies[i]!;
        const [cosine, sine] = [factor * Math.cos(angle), factor * Math.sin(angle)];
        for (let first = r * heads * headSize + i, h = 0; h < heads; h++, first += headSize) {
          const second = first + half;
          out[first] = x[first]! * cosine - x[second]! * sine;
          out[second] = x[second]! * cosine + x[first]! * sine;
        }
      }
    }
  }
};
