import type { Kernel } from '../operands.js';
import { pageRow } from '../pages.js';
import { checkOffsets } from '../segments.js';

export const appendKeyValue: Kernel<'appendKeyValue'> = (args) => {
  const { k, v, offsets, starts, keyPages, valuePages, rows, segments, width } = args;
  checkOffsets('appendKeyValue', offsets, segments, rows);
  for (let s = 0; s < segments; s++) {
    for (let r = offsets[s]!; r < offsets[s + 1]!; r++) {
      const row = pageRow('appendKeyValue', args, s, starts[s]! + r - offsets[s]!);
      for (let c = 0; c < width; c++) {
        keyPages[row * width + c] = k[r * width + c]!;
        valuePages[row * width + c] = v[r * width + c]!;
      }
    }
  }
};
