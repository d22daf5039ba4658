/**
 * ggml's Q8_0: blocks of 32 values, each stored as an f16 scale d and 32 int8 values q; a value is d · q.
 *
 *     d = max|x| / 127;  q = round(x / d), halves away from zero;  a block of zeros has d = 0
 *
 * q is taken with the unrounded d, as ggml does. All arithmetic is in f32.
 */
import { blockFormats, numberToF16 } from '../../contract/index.js';

export const { blockValues: q8BlockValues, blockBytes: q8BlockBytes } = blockFormats.Q8_0;

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
