import { magnitudeBlock } from '../../../contract/index.js';
import type { Kernel } from '../operands.js';

export const magnitudes: Kernel<'magnitudes'> = ({ x, squares, largest, count }) => {
  for (let start = 0, block = 0; start < count; start += magnitudeBlock, block++) {
    squares[block] = 0;
    largest[block] = 0;
    for (let i = start; i < Math.min(start + magnitudeBlock, count); i++) {
      squares[block]! += x[i]! * x[i]!;
      if (Math.abs(x[i]!) > largest[block]!) largest[block] = Math.abs(x[i]!);
    }
  }
};
