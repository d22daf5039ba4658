/**
 * ggml's Q8_0: blocks of 32 values, each stored as an f16 scale d and 32 int8 values q; a value is d · q.
 *
 *     d = max|x| / 127;  q = round(x / d), halves away from zero;  a block of zeros has d = 0
 *
 * q is taken with the unrounded d, as ggml does. All arithmetic is in f32.
 */
import { f16ToNumber, numberToF16 } from '../../contract/index.js';

export const q8BlockValues = 32;
export const q8BlockBytes = 34;

const f32 = Math.fround;

/** Encodes a whole number of blocks. `values` are finite; a scale past f16's range becomes infinite. */
export function encodeQ8(values: Float32Array): Uint8Array<ArrayBuffer> {
  const blocks = values.length / q8BlockValues;
  const bytes = new Uint8Array(blocks * q8BlockBytes);
  const [view, rows] = [new DataView(bytes.buffer), new Int8Array(bytes.buffer)];
  for (let b = 0; b < blocks; b++) {
    const first = b * q8BlockValues;
    let largest = 0;
    for (let i = first; i < first + q8BlockValues; i++) {
      const magnitude = Math.abs(values[i]!);
      if (magnitude > largest) largest = magnitude;
    }
    const d = f32(largest / 127);
    const inverse = d === 0 ? 0 : f32(1 / d);
    const at = b * q8BlockBytes;
    view.setUint16(at, numberToF16(d), true);
    for (let i = 0; i < q8BlockValues; i++) {
      const scaled = f32(values[first + i]! * inverse);
      rows[at + 2 + i] = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
    }
  }
  return bytes;
}

/** Decodes a whole number of blocks. Exact: the product of an f16 and an int8 fits an f32. */
export function decodeQ8(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const blocks = bytes.length / q8BlockBytes;
  const values = new Float32Array(blocks * q8BlockValues);
  const { buffer, byteOffset, byteLength } = bytes;
  const [view, rows] = [new DataView(buffer, byteOffset, byteLength), new Int8Array(buffer, byteOffset, byteLength)];
  for (let b = 0; b < blocks; b++) {
    const at = b * q8BlockBytes;
    const d = f16ToNumber(view.getUint16(at, true));
    const first = b * q8BlockValues;
    for (let i = 0; i < q8BlockValues; i++) values[first + i] = d * rows[at + 2 + i]!;
  }
  return values;
}
