import { describe, expect, it } from 'vitest';
import { decodeBlocks, numberToF16 } from '../../contract/index.js';
import { encodeQ8 } from './q8_0.js';

const block = (value: (i: number) => number) => Float32Array.from({ length: 32 }, (_, i) => value(i));

describe('Q8_0', () => {
  it('stores d = max|x| / 127 as f16 and q = round(x / d)', () => {
    const bytes = encodeQ8(block((i) => [127, -127, 0.5, -0.5, 1.49, 63, 0][i] ?? 0));
    const view = new DataView(bytes.buffer);
    expect(view.getUint16(0, true)).toBe(numberToF16(1));
    expect([...new Int8Array(bytes.buffer, 2, 7)]).toEqual([127, -127, 1, -1, 1, 63, 0]);
    expect(bytes.length).toBe(34);
  });

  it('keeps a block of zeros', () => {
    expect([...encodeQ8(block(() => 0))]).toEqual(new Array(34).fill(0));
  });

  it('is within half a step, and the rounding of d, of what it encodes', () => {
    const values = Float32Array.from({ length: 320 }, (_, i) => Math.sin(i * 1.7) * 10 ** ((i % 50) / 10 - 3));
    const decoded = decodeBlocks('Q8_0', encodeQ8(values));
    for (let b = 0; b < values.length; b += 32) {
      const largest = Math.max(...values.subarray(b, b + 32).map(Math.abs));
      for (let i = b; i < b + 32; i++) {
        expect(Math.abs(decoded[i]! - values[i]!)).toBeLessThanOrEqual(largest * (0.5 / 127 + 2 ** -11) * 1.0001);
      }
    }
  });

  it('decodes exactly, so that encoding again changes nothing', () => {
    const bytes = encodeQ8(block((i) => (i % 2 === 0 ? -1 : 1) * (i + 1) * 2 ** -6));
    expect([...encodeQ8(decodeBlocks('Q8_0', bytes))]).toEqual([...bytes]);
  });
});
