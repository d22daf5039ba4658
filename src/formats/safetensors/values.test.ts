import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bf16ToNumber, f16ToNumber } from '../../contract/index.js';
import {
  bytesSource,
  encodeSafetensors,
  readFloats,
  readIntegers,
  readSafetensors,
  readTensor,
  type StoredDType,
} from '../index.js';

/** A tensor of a file that holds another one before it, so that its offset is no multiple of 4. */
async function stored(dtype: StoredDType, values: ArrayBufferView & { length: number }) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const file = encodeSafetensors([{ name: 'x', dtype, shape: [values.length], bytes }]);
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  return (await readSafetensors(bytesSource('v', shifted.subarray(3)))).tensors.get('x')!;
}

const f32 = Math.fround;

describe('readTensor', () => {
  it('copies to offset 0 even where a source hands out a part of a larger buffer', async () => {
    const entry = await stored('U8', Uint8Array.of(1, 2, 3));
    const source = { ...entry.source, read: async () => new Uint8Array(10).subarray(3, 6) };
    const bytes = await readTensor({ ...entry, source });
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
  });
});

describe('readFloats', () => {
  it('reads F32 as it is, NaN and -0 included', async () => {
    const values = Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, f32(1e-45));
    expect([...(await readFloats(await stored('F32', values)))]).toEqual([...values]);
  });

  it('rounds F64', async () => {
    const values = Float64Array.of(0.1, 1e300, -3);
    expect([...(await readFloats(await stored('F64', values)))]).toEqual([f32(0.1), Number.POSITIVE_INFINITY, -3]);
  });

  it('widens every F16 and BF16 value as the contract says', async () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const f16 = await readFloats(await stored('F16', all));
    const bf16 = await readFloats(await stored('BF16', all));
    expect(all.every((bits) => Object.is(f16[bits], f16ToNumber(bits)))).toBe(true);
    expect(all.every((bits) => Object.is(bf16[bits], bf16ToNumber(bits)))).toBe(true);
  });

  it('names the tensor whose dtype is another', async () => {
    await expect(readFloats(await stored('I8', Int8Array.of(1)))).rejects.toMatchObject({
      code: 'format',
      fields: { tensor: 'x', expected: 'a dtype of F32, F16, BF16, F64', found: 'I8' },
    });
  });
});

describe('readIntegers', () => {
  it.each([
    ['I64', BigInt64Array.of(-100n, 2147483647n, -2147483648n), [-100, 2147483647, -2147483648]],
    ['U64', BigUint64Array.of(7n), [7]],
    ['I32', Int32Array.of(-5, 5), [-5, 5]],
    ['U32', Uint32Array.of(2147483647), [2147483647]],
    ['I16', Int16Array.of(-3), [-3]],
    ['U16', Uint16Array.of(65535), [65535]],
    ['I8', Int8Array.of(-128, 127), [-128, 127]],
    ['U8', Uint8Array.of(255), [255]],
    ['BOOL', Uint8Array.of(0, 1), [0, 1]],
  ] as const)('reads %s', async (dtype, values, expected) => {
    expect([...(await readIntegers(await stored(dtype, values)))]).toEqual(expected);
  });

  it.each([
    ['I64', BigInt64Array.of(0n, 2147483648n), '2147483648 at position 1'],
    ['I64', BigInt64Array.of(-2147483649n), '-2147483649 at position 0'],
    ['U64', BigUint64Array.of(2n ** 64n - 1n), '18446744073709551615 at position 0'],
    ['U32', Uint32Array.of(2 ** 31), '2147483648 at position 0'],
  ] as const)('refuses a value of %s that does not fit', async (dtype, values, found) => {
    await expect(readIntegers(await stored(dtype, values))).rejects.toMatchObject({
      code: 'format',
      fields: { found },
    });
  });

  it('refuses floats', async () => {
    await expect(readIntegers(await stored('F32', Float32Array.of(1)))).rejects.toMatchObject({ code: 'format' });
  });

  it('returns any int32 that was stored as I64', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), async (values) => {
        const entry = await stored('I64', BigInt64Array.from(values, BigInt));
        expect([...(await readIntegers(entry))]).toEqual(values);
      }),
    );
  });
});
