import { JambalayaError } from '../../../errors/index.js';
import type { Values } from '../operands.js';

/** Throws unless the first `count` indices all lie in [0, limit). */
export function checkIndices(op: string, indices: Values, count: number, limit: number): void {
  for (let i = 0; i < count; i++) {
    if (indices[i]! < 0 || indices[i]! >= limit) {
      throw new JambalayaError('device', {
        device: 'reference',
        reason: `${op}: index ${indices[i]} at ${i} is outside [0, ${limit})`,
      });
    }
  }
}
