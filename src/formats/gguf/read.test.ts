import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource, encodeGguf, type GgufMetadata, type GgufTensorToWrite, readGguf } from '../index.js';

const metadata: GgufMetadata = new Map([
  ['general.architecture', { type: 'string', value: 'jamba' }],
  ['a.u8', { type: 'u8', value: 255 }],
  ['a.i8', { type: 'i8', value: -128 }],
  ['a.u16', { type: 'u16', value: 65535 }],
  ['a.i16', { type: 'i16', value: -32768 }],
  ['a.u32', { type: 'u32', value: 4294967295 }],
  ['a.i32', { type: 'i32', value: -2147483648 }],
  ['a.f32', { type: 'f32', value: 0.5 }],
  ['a.f64', { type: 'f64', value: 0.1 }],
  ['a.u64', { type: 'u64', value: 2n ** 64n - 1n }],
  ['a.i64', { type: 'i64', value: -(2n ** 63n) }],
  ['a.bool', { type: 'bool', value: true }],
  ['a.words', { type: 'array', of: 'string', value: ['', 'Ġthe', '\u{1F600}'] }],
  ['a.numbers', { type: 'array', of: 'i32', value: [0, 2, 0] }],
  ['a.none', { type: 'array', of: 'string', value: [] }],
]);

const bytes = (count: number, fill: number) => new Uint8Array(count).fill(fill);
const tensors: GgufTensorToWrite[] = [
  { name: 'x', type: 'F32', shape: [3, 2], pieces: () => [bytes(10, 1), bytes(14, 2)] },
  { name: 'q', type: 'Q8_0', shape: [2, 64], pieces: () => [bytes(136, 3)] },
  { name: 'empty', type: 'F16', shape: [0, 4], pieces: () => [] },
  { name: 'b', type: 'BF16', shape: [5], pieces: () => [bytes(10, 4)] },
];

const file = () => encodeGguf(tensors, metadata);
const open = (content: Uint8Array) => readGguf(bytesSource('f.gguf', content));

/** The valid file with a change. */
async function changed(change: (view: DataView, content: Uint8Array) => void): Promise<Uint8Array> {
  const content = await file();
  change(new DataView(content.buffer), content);
  return content;
}

/** Offset of a text in the file. */
function find(content: Uint8Array, text: string): number {
  return Buffer.from(content).indexOf(text);
}

describe('readGguf', () => {
  it('reads what was written: values with their types, shapes with the slowest dimension first', async () => {
    const gguf = await open(await file());
    expect(gguf.version).toBe(3);
    expect(gguf.metadata).toEqual(metadata);
    expect(
      [...gguf.tensors.values()].map(({ name, type, shape, byteLength }) => [name, type, shape, byteLength]),
    ).toEqual([
      ['x', 'F32', [3, 2], 24],
      ['q', 'Q8_0', [2, 64], 136],
      ['empty', 'F16', [0, 4], 0],
      ['b', 'BF16', [5], 10],
    ]);
    const { source, offset, byteLength } = gguf.tensors.get('x')!;
    expect([...(await source.read(offset, byteLength))]).toEqual([...bytes(10, 1), ...bytes(14, 2)]);
    for (const tensor of gguf.tensors.values()) expect(tensor.offset % 32).toBe(0);
  });

  it('stores the fastest dimension first', async () => {
    const content = await file();
    const view = new DataView(content.buffer);
    const info = Buffer.from(content).indexOf(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0x78, 2, 0, 0, 0));
    expect([view.getBigUint64(info + 13, true), view.getBigUint64(info + 21, true)]).toEqual([2n, 3n]);
  });

  it('reads version 2', async () => {
    const gguf = await open(await changed((view) => view.setUint32(4, 2, true)));
    expect([gguf.version, gguf.tensors.size]).toEqual([2, 4]);
  });

  it('reads a head that is longer than one window', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `token number ${i}`);
    const long: GgufMetadata = new Map([['words', { type: 'array', of: 'string', value: words }]]);
    const gguf = await open(await encodeGguf(tensors, long));
    expect(gguf.metadata).toEqual(long);
    expect(gguf.tensors.size).toBe(4);
  });

  const refused: [string, (view: DataView, content: Uint8Array) => void, string, string][] = [
    ['another magic', (view) => view.setUint8(0, 0x67), 'a file that starts with GGUF', 'other bytes'],
    ['version 1', (view) => view.setUint32(4, 1, true), 'GGUF version 2 or 3', 'version 1'],
    ['a big-endian file', (view) => view.setUint32(4, 3), 'GGUF version 2 or 3', 'a file for big-endian machines'],
    ['2^60 tensors', (view) => view.setBigUint64(8, 2n ** 60n, true), 'at most 1000000 tensors', `${2n ** 60n}`],
    ['more tensors than fit', (view) => view.setBigUint64(8, 900_000n, true), 'tensors that fit', '900000 of them'],
    ['more keys than fit', (view) => view.setBigUint64(16, 60_000n, true), 'metadata keys that fit', '60000 of them'],
    ['an endless key', (view) => view.setBigUint64(24, 2n ** 40n, true), 'bytes of a metadata key', `${2n ** 40n}`],
    [
      'an endless string',
      (view, content) => view.setBigUint64(find(content, 'general.architecture') + 24, 2n ** 25n, true),
      'bytes of general.architecture that fit',
      `${2 ** 25} of them`,
    ],
    [
      'an endless array',
      (view, content) => view.setBigUint64(find(content, 'a.words') + 15, 2n ** 20n, true),
      'values of a.words that fit',
      `${2 ** 20} of them`,
    ],
    [
      'an unknown type of a value',
      (view, content) => view.setUint32(find(content, 'a.u8') + 4, 13, true),
      'a.u8 to have a type of the format',
      'type 13',
    ],
    [
      'an array of arrays',
      (view, content) => view.setUint32(find(content, 'a.words') + 11, 9, true),
      'a.words to have a type',
      'an array of arrays',
    ],
    ['a bool of 2', (view, content) => view.setUint8(find(content, 'a.bool') + 10, 2), 'a.bool to be 0 or 1', '2'],
    [
      'a key that stands twice',
      (view, content) => view.setUint8(find(content, 'a.i8') + 2, 0x75),
      'every metadata key once',
      '"a.u8" twice',
    ],
    [
      'a name that is no UTF-8',
      (view, content) => view.setUint8(find(content, 'a.i8'), 0xff),
      'names in UTF-8',
      'other',
    ],
  ];
  it.each(refused)('refuses %s', async (_, change, expected, found) => {
    await expect(open(await changed(change))).rejects.toMatchObject({
      code: 'format',
      fields: {
        file: 'f.gguf',
        expected: expect.stringContaining(expected),
        found: expect.stringContaining(found),
      },
    });
  });

  /** Where the description of tensor `q` has its rank; then two dimensions, the type and the offset. */
  const infoOf = (content: Uint8Array) =>
    Buffer.from(content).indexOf(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0x71, 2, 0, 0, 0)) + 9;
  const misshapen: [string, (view: DataView, content: Uint8Array) => void, string, string][] = [
    ['rank 5', (view, content) => view.setUint32(infoOf(content), 5, true), 'at most 4 dimensions', '5'],
    [
      'a dimension past all files',
      (view, content) => view.setBigUint64(infoOf(content) + 4, 2n ** 63n, true),
      'a shape that fits the file',
      'a dimension of',
    ],
    [
      'rows that are no whole blocks',
      (view, content) => view.setBigUint64(infoOf(content) + 4, 33n, true),
      'a shape that fits the file',
      'rows of 33 values',
    ],
    [
      'a type that is not read',
      (view, content) => view.setUint32(infoOf(content) + 20, 17, true),
      'one of the types F32, F16, BF16, Q4_0',
      'IQ2_XS',
    ],
    [
      'an offset past the end',
      (view, content) => view.setBigUint64(infoOf(content) + 24, 2n ** 62n, true),
      'its data within',
      '136 bytes at',
    ],
    [
      'an offset between two multiples of the alignment',
      (view, content) => view.setBigUint64(infoOf(content) + 24, 40n, true),
      'its data at a multiple of 32',
      'offset 40',
    ],
    [
      'an overlap',
      (view, content) => view.setBigUint64(infoOf(content) + 24, 0n, true),
      'its data behind that of',
      'an overlap of',
    ],
  ];
  it.each(misshapen)('refuses a tensor with %s', async (_, change, expected, found) => {
    await expect(open(await changed(change))).rejects.toMatchObject({
      code: 'format',
      fields: { tensor: 'q', expected: expect.stringContaining(expected), found: expect.stringContaining(found) },
    });
  });

  it('refuses the file cut anywhere', async () => {
    const content = await file();
    const end = content.length - 22; // the last tensor's bytes end here, padding follows
    await fc.assert(
      fc.asyncProperty(fc.nat(end - 1), async (length) => {
        await expect(open(content.subarray(0, length))).rejects.toMatchObject({ code: 'format' });
      }),
      { numRuns: 60 },
    );
    expect((await open(content.subarray(0, end))).tensors.size).toBe(4);
  });

  it('reads another alignment, and refuses one that is no power of two', async () => {
    const aligned = (value: number) =>
      encodeGguf([], new Map([['general.alignment', { type: 'u32' as const, value }]]));
    expect((await open(await aligned(64))).tensors.size).toBe(0);
    await expect(open(await aligned(48))).rejects.toMatchObject({ code: 'format' });
    await expect(open(await aligned(0))).rejects.toMatchObject({ code: 'format' });
  });
});

describe('encodeGguf', () => {
  it.each([
    ['a name twice', { name: 'x', type: 'F32', shape: [1], pieces: () => [bytes(4, 0)] }],
    ['rows that are no whole blocks', { name: 'y', type: 'Q8_0', shape: [2, 33], pieces: () => [] }],
    ['five dimensions', { name: 'y', type: 'F32', shape: [1, 1, 1, 1, 1], pieces: () => [] }],
    ['too few bytes', { name: 'y', type: 'F32', shape: [2], pieces: () => [bytes(4, 0)] }],
    ['too many bytes', { name: 'y', type: 'F32', shape: [0], pieces: () => [bytes(400, 0)] }],
  ] as [string, GgufTensorToWrite][])('refuses %s', async (_, tensor) => {
    await expect(encodeGguf([...tensors, tensor], metadata)).rejects.toMatchObject({ code: 'usage' });
  });

  it.each([
    ['u32', -1],
    ['u8', 256],
    ['i8', 1.5],
    ['u64', 5],
    ['i64', 2n ** 63n],
    ['bool', 1],
    ['string', 7],
  ] as const)('refuses a %s of %s', async (type, value) => {
    await expect(encodeGguf([], new Map([['k', { type, value }]]))).rejects.toMatchObject({
      code: 'usage',
      fields: { argument: 'k' },
    });
  });
});
