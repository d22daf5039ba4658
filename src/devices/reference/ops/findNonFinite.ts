import { magnitudeBlock } from '../../../contract/index.js';
import type { Kernel } from '../operands.js';

export const findNonFinite: Kernel<'findNonFinite'> = ({ x, out, count }) => {
  for (let start = 0, block = 0; start < count; start += magnitudeBlock, block++) {
    out[block] = x
      .subarray(start, Math.min(start + magnitudeBlock, count))
      .findIndex((value) => !Number.isFinite(value));
  }
};
