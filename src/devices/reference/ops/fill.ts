import { JambalayaError } from '../../../errors/index.js';
import type { Kernel } from '../operands.js';

/** An integer dtype takes only integers that it can hold. */
export const fill: Kernel<'fill'> = ({ out, count, value }) => {
  if (!(out instanceof Float64Array)) {
    const limit = out instanceof Int8Array ? 2 ** 7 : 2 ** 31;
    if (!Number.isInteger(value) || value < -limit || value >= limit) {
      throw new JambalayaError('device', {
        device: 'reference',
        reason: `fill: ${value} is not an integer of the dtype`,
      });
    }
  }
  out.fill(value, 0, count);
};
