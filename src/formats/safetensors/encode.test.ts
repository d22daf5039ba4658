import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesSource,
  encodeSafetensors,
  readSafetensors,
  readTensor,
  storedBytes,
  storedDTypeBits,
  storedDTypes,
} from '../index.js';

const zeros = (size: number) => new Uint8Array(size);

describe('encodeSafetensors', () => {
  it('is read back: names, dtypes, shapes, bytes and metadata of any kind', async () => {
    const anyTensor = fc.record({
      name: fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      dtype: fc.constantFrom(...storedDTypes),
      // An even number of elements at least times 2: elements of 4 and 6 bits fill whole bytes.
      shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }).map((shape) => [...shape, 4]),
      seed: fc.nat(255),
    });
    const anyFile = fc.uniqueArray(anyTensor, { selector: ({ name }) => name, maxLength: 8 });
    const anyMetadata = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(anyFile, anyMetadata, async (descriptions, metadata) => {
        const tensors = descriptions.map(({ seed, ...tensor }) => {
          const size = storedBytes(tensor.dtype, tensor.shape) as number;
          return { ...tensor, bytes: zeros(size).map((_, i) => seed + i) };
        });
        const file = encodeSafetensors(tensors, metadata);
        const read = await readSafetensors(bytesSource('x', file));
        expect(read.tensors.size).toBe(tensors.length);
        expect({ ...read.metadata }).toEqual({ ...metadata });
        for (const { name, dtype, shape, bytes } of tensors) {
          const entry = read.tensors.get(name)!;
          expect([entry.dtype, entry.shape]).toEqual([dtype, shape]);
          expect(await readTensor(entry)).toEqual(bytes);
        }
      }),
    );
  });

  it('starts the data at a multiple of 64 and every tensor at a multiple of its element', async () => {
    const names = ['I8', 'F32', 'BF16', 'I64', 'F16', 'U8'] as const;
    const file = encodeSafetensors(
      names.map((dtype) => ({ name: dtype, dtype, shape: [3], bytes: zeros((3 * storedDTypeBits[dtype]) / 8) })),
    );
    expect((8 + Number(new DataView(file.buffer).getBigUint64(0, true))) % 64).toBe(0);
    for (const entry of (await readSafetensors(bytesSource('x', file))).tensors.values()) {
      expect((entry.offset * 8) % storedDTypeBits[entry.dtype]).toBe(0);
    }
  });

  it('leaves out metadata that is empty', () => {
    expect(new TextDecoder().decode(encodeSafetensors([], {}).subarray(8)).trim()).toBe('{}');
  });

  const good = { name: 'a', dtype: 'F32', shape: [2], bytes: zeros(8) } as const;
  it.each([
    ['a name twice', [good, good], /a name of its own/],
    ['the name of the metadata', [{ ...good, name: '__metadata__' }], /a name of its own/],
    ['half a surrogate pair', [{ ...good, name: '\ud800' }], /a name of its own/],
    ['a dtype that is none', [{ ...good, dtype: 'F128' as 'F32' }], /dtype of the safetensors format, got "F128"/],
    ['a negative size', [{ ...good, shape: [-2] }], /shape of at most 32 whole numbers/],
    ['a size that is no number', [{ ...good, shape: [Number.NaN] }], /got \[NaN\]/],
    ['too many elements', [{ ...good, shape: [2 ** 40, 2 ** 40] }], /more elements than a file can hold/],
    ['bytes of another size', [{ ...good, bytes: zeros(7) }], /tensor a: expected 8 bytes, got 7 bytes/],
  ])('refuses %s', (_, tensors, message) => {
    expect(() => encodeSafetensors(tensors)).toThrow(message);
  });
});
