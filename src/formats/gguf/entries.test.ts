import { describe, expect, it } from 'vitest';
import { decodeBlocks } from '../../contract/index.js';
import { bytesSource, encodeGguf, encodeQ8, ggufEntry, readFloats, readGguf, readTensor } from '../index.js';

const values = Float32Array.from({ length: 192 }, (_, i) => Math.cos(i) * (1 + (i >> 5)));
const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer);

async function opened() {
  const file = await encodeGguf(
    [
      { name: 'f', type: 'F32', shape: [3, 2, 32], pieces: () => [bytesOf(values)] },
      { name: 'q', type: 'Q8_0', shape: [3, 2, 32], pieces: () => [encodeQ8(values)] },
    ],
    new Map(),
  );
  const { tensors } = await readGguf(bytesSource('f.gguf', file));
  return { f: tensors.get('f')!, q: tensors.get('q')! };
}

describe('ggufEntry', () => {
  it('leaves floats where they lie', async () => {
    const { f } = await opened();
    const entry = ggufEntry(f, { name: 'other', shape: [6, 32] });
    expect(entry).toMatchObject({ name: 'other', dtype: 'F32', shape: [6, 32], offset: f.offset, byteLength: 768 });
    expect([...(await readFloats(entry))]).toEqual([...values]);
  });

  it('decodes Q8_0 as F32', async () => {
    const { q } = await opened();
    const entry = ggufEntry(q);
    expect(entry).toMatchObject({ dtype: 'F32', shape: [3, 2, 32], byteLength: 768 });
    expect([...(await readFloats(entry))]).toEqual([...decodeBlocks('Q8_0', encodeQ8(values))]);
  });

  it('decodes any range of bytes', async () => {
    const whole = await readTensor(ggufEntry((await opened()).q));
    const { source } = ggufEntry((await opened()).q);
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [3, 6],
      [127, 2],
      [128, 128],
      [200, 500],
      [767, 1],
    ] as const) {
      expect([...(await source.read(offset, length))]).toEqual([...whole.subarray(offset, offset + length)]);
    }
    await expect(source.read(760, 9)).rejects.toMatchObject({ code: 'format' });
  });

  it.each(['f', 'q'] as const)('takes one slice of %s', async (name) => {
    const tensor = (await opened())[name];
    const all = await readFloats(ggufEntry(tensor));
    for (let slice = 0; slice < 3; slice++) {
      const entry = ggufEntry(tensor, { slice });
      expect(entry.shape).toEqual([2, 32]);
      expect([...(await readFloats(entry))]).toEqual([...all.subarray(64 * slice, 64 * slice + 64)]);
    }
    expect(() => ggufEntry(tensor, { slice: 3 })).toThrow(/slice 3/);
  });

  it('takes a function back', async () => {
    const entry = ggufEntry((await opened()).f, { map: (value) => value * 2 });
    expect([...(await readFloats(entry))]).toEqual([...values].map((value) => value * 2));
  });

  it('refuses a shape of another size', async () => {
    const { f } = await opened();
    expect(() => ggufEntry(f, { shape: [191] })).toThrow(/f\.gguf: tensor f: expected shape \[191\]/);
  });
});
