/** Float tensors in the types that exports have. */
import { numberToBf16, numberToF16 } from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { encodeQ8, type GgufWriteType, readTensor } from '../../formats/index.js';
import type { PlainTensor } from './plainTensors.js';

/** The least magnitude that a type has no finite number for (its rounding reaches infinity there). */
const overflow: Readonly<Record<GgufWriteType, number>> = {
  F32: Number.POSITIVE_INFINITY,
  F16: 65_520,
  BF16: (2 - 2 ** -8) * 2 ** 127,
  Q8_0: 65_520 * 127,
};

/**
 * A tensor's bytes in another type, rounded to nearest, ties to even (Q8_0: as ggml encodes it); in its own type the bytes
 * as they are.
 *
 * @throws `limit` for a finite value that the type has no number for, and for values of Q8_0 that are not finite
 */
export async function convertedBytes(tensor: PlainTensor, type: GgufWriteType): Promise<Uint8Array> {
  const { name, entry } = tensor;
  if (entry?.dtype === type) return readTensor(entry);
  if (tensor.floats === undefined) {
    const found = entry?.dtype ?? 'nothing';
    throw new JambalayaError('checkpoint', { file: entry?.source.name ?? '', tensor: name, expected: 'floats', found });
  }
  const values = await tensor.floats();
  checkRange(name, values, type);
  switch (type) {
    case 'F32':
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case 'Q8_0':
      return encodeQ8(values);
    default: {
      const convert = type === 'BF16' ? numberToBf16 : numberToF16;
      const bits = new Uint16Array(values.length);
      for (let i = 0; i < values.length; i++) bits[i] = convert(values[i]!);
      return new Uint8Array(bits.buffer);
    }
  }
}

function checkRange(name: string, values: Float32Array, type: GgufWriteType): void {
  if (type === 'F32') return;
  const limit = overflow[type];
  // By index: an iterator costs more than the rest of the conversion.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) < limit || (type !== 'Q8_0' && !Number.isFinite(value))) continue;
    throw new JambalayaError(
      'limit',
      { what: `magnitude of a value of ${name} as ${type}`, limit, found: value },
      { hint: 'Export as bf16 or f32.' },
    );
  }
}
