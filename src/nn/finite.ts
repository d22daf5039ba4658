/** Weights that are no numbers: a name for what would otherwise show, or hide, far away. */
import { JambalayaError } from '../errors/index.js';
import { findNonFinite, type Tensor } from '../tensor/index.js';

/** The place of the first value that is not finite, or -1. */
export function firstNonFinite(values: Float32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7f800000) === 0x7f800000) return i;
  return -1;
}

export function nonFiniteError(file: string, tensor: string, where: string): JambalayaError<'checkpoint'> {
  const found = `NaN or an infinity ${where}`;
  const hint = 'the file is damaged, or its training diverged';
  return new JambalayaError('checkpoint', { file, tensor, expected: 'finite values', found }, { hint });
}

/** @throws `checkpoint` naming the parameter (of any float type) that holds what is not finite; int8 ones cannot */
export async function expectFinite(file: string, name: string, tensor: Tensor): Promise<void> {
  if (tensor.dtype === 'i8' || tensor.dtype === 'i32' || tensor.device.name === 'planning') return;
  const place = await findNonFinite(tensor);
  if (place !== undefined) throw nonFiniteError(file, name, `at element ${place}`);
}
