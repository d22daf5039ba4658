import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource, openFile, readSafetensors, readTensor } from '../index.js';

/** A file with this header, as text or as an object, and this many bytes of data. */
function file(header: unknown, dataBytes = 0, statedLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, statedLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  for (let i = 0; i < dataBytes; i++) bytes[8 + json.length + i] = i;
  return bytes;
}

const read = (bytes: Uint8Array) => readSafetensors(bytesSource('x.safetensors', bytes));
const tensor = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('readSafetensors', () => {
  it('reads names, dtypes, shapes and offsets, in the order of the bytes', async () => {
    const bytes = file({ b: tensor('F32', [1, 2], 2, 10), a: tensor('F16', [1], 0, 2) }, 10);
    const { tensors, name } = await read(bytes);
    expect(name).toBe('x.safetensors');
    expect([...tensors.keys()]).toEqual(['a', 'b']);
    const start = bytes.length - 10;
    expect(tensors.get('b')).toMatchObject({
      name: 'b',
      dtype: 'F32',
      shape: [1, 2],
      offset: start + 2,
      byteLength: 8,
    });
    expect([...(await readTensor(tensors.get('b')!))]).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('takes scalars, empty tensors, no tensors and trailing spaces', async () => {
    const header = { s: tensor('I64', [], 0, 8), e: tensor('F32', [3, 0], 8, 8), z: tensor('U8', [0], 0, 0) };
    const { tensors } = await read(file(`${JSON.stringify(header)}    `, 8));
    expect([...tensors.keys()]).toEqual(['z', 's', 'e']);
    expect(tensors.get('s')!.shape).toEqual([]);
    expect(await readTensor(tensors.get('e')!)).toHaveLength(0);
    expect((await read(file('{}'))).tensors.size).toBe(0);
  });

  it('packs elements narrower than a byte', async () => {
    const { tensors } = await read(file({ a: tensor('F4', [3, 2], 0, 3), b: tensor('F6_E2M3', [4], 3, 6) }, 6));
    expect(tensors.get('a')!.byteLength).toBe(3);
    expect(tensors.get('b')!.byteLength).toBe(3);
  });

  it('reads metadata, and takes `__proto__` for a name', async () => {
    const text =
      '{"__metadata__":{"format":"pt","__proto__":"x"},"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    const { metadata, tensors } = await read(file(text, 1));
    expect(Object.entries(metadata)).toEqual([
      ['format', 'pt'],
      ['__proto__', 'x'],
    ]);
    expect(tensors.get('__proto__')!.dtype).toBe('U8');
    expect((await read(file('{}'))).metadata).toEqual({});
  });

  const huge = 2 ** 53 - 1;
  const cases: [string, Uint8Array, { tensor?: string; expected: RegExp; found: RegExp }][] = [
    ['an empty file', new Uint8Array(0), { expected: /8 bytes of header length/, found: /^0 bytes/ }],
    ['7 bytes', new Uint8Array(7), { expected: /8 bytes/, found: /^7 bytes/ }],
    ['no header', file(''), { expected: /starts with \{/, found: /empty/ }],
    ['a header length beyond the file', file('{}', 0, 3n), { expected: /header of 3 bytes/, found: /10 bytes/ }],
    ['a header length beyond the format', file('{}', 0, 100_000_001n), { expected: /100000000/, found: /100000001/ }],
    [
      'a header length of 64 bits',
      file('{}', 0, 2n ** 64n - 1n),
      { expected: /at most/, found: /18446744073709551615/ },
    ],
    ['a header that starts with a space', file(' {}'), { expected: /starts with \{/, found: /other/ }],
    ['a byte order mark', file('\ufeff{}'), { expected: /starts with \{/, found: /other/ }],
    ['a header that is not JSON', file('{"a"}'), { expected: /^JSON$/, found: /./ }],
    ['a tensor that is not an object', file({ a: 3 }), { tensor: 'a', expected: /an object/, found: /3/ }],
    ['an empty description', file({ a: {} }), { tensor: 'a', expected: /dtype/, found: /nothing/ }],
    [
      'an unknown dtype',
      file({ a: tensor('F128', [1], 0, 16) }, 16),
      { tensor: 'a', expected: /dtype/, found: /"F128"/ },
    ],
    [
      'an inherited dtype',
      file({ a: tensor('toString', [], 0, 1) }, 1),
      { tensor: 'a', expected: /dtype/, found: /toString/ },
    ],
    ['a shape that is a number', file({ a: tensor('U8', 1, 0, 1) }, 1), { tensor: 'a', expected: /shape/, found: /1/ }],
    [
      'a negative size',
      file({ a: tensor('U8', [-1, -1], 0, 1) }, 1),
      { tensor: 'a', expected: /shape/, found: /\[-1, -1\]/ },
    ],
    ['half a size', file({ a: tensor('U8', [0.5, 2], 0, 1) }, 1), { tensor: 'a', expected: /shape/, found: /0\.5/ }],
    [
      'an unsafe size',
      file('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]}}', 1),
      { tensor: 'a', expected: /shape/, found: /./ },
    ],
    [
      'a size of 1e999',
      file('{"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,1]}}', 1),
      { tensor: 'a', expected: /shape/, found: /Infinity/ },
    ],
    [
      'too many elements',
      file({ a: tensor('F32', [2 ** 40, 2 ** 40], 0, 0) }),
      { tensor: 'a', expected: /fits/, found: /more elements/ },
    ],
    [
      '2^60 elements with a 0 at the end',
      file({ a: tensor('F32', [huge, huge, 0], 0, 0) }),
      { tensor: 'a', expected: /fits/, found: /more/ },
    ],
    [
      '33 dimensions',
      file({ a: tensor('U8', Array(33).fill(1), 0, 1) }, 1),
      { tensor: 'a', expected: /32/, found: /33/ },
    ],
    ['half a byte', file({ a: tensor('F4', [3], 0, 2) }, 2), { tensor: 'a', expected: /fits/, found: /whole bytes/ }],
    [
      'no offsets',
      file({ a: { dtype: 'U8', shape: [1] } }, 1),
      { tensor: 'a', expected: /two data_offsets/, found: /nothing/ },
    ],
    [
      'three offsets',
      file({ a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 2] } }, 1),
      { tensor: 'a', expected: /two/, found: /./ },
    ],
    ['negative offsets', file({ a: tensor('U8', [1], -1, 0) }, 1), { tensor: 'a', expected: /from 0/, found: /-1/ }],
    ['offsets as text', file({ a: tensor('U8', [1], '0', '1') }, 1), { tensor: 'a', expected: /from 0/, found: /"0"/ }],
    [
      'falling offsets',
      file({ a: tensor('U8', [1], 1, 0) }, 1),
      { tensor: 'a', expected: /rising/, found: /\[1, 0\]/ },
    ],
    [
      'offsets beyond the file',
      file({ a: tensor('U8', [2], 0, 2) }, 1),
      { tensor: 'a', expected: /within 1 byte/, found: /2/ },
    ],
    [
      'offsets unlike the shape',
      file({ a: tensor('F32', [2], 0, 4) }, 4),
      { tensor: 'a', expected: /8 bytes for F32 \[2\]/, found: /4 bytes/ },
    ],
    [
      'a hole',
      file({ a: tensor('U8', [1], 0, 1), b: tensor('U8', [1], 2, 3) }, 3),
      { tensor: 'b', expected: /after the data of a/, found: /hole of 1 byte/ },
    ],
    [
      'a hole at the start',
      file({ a: tensor('U8', [1], 1, 2) }, 2),
      { tensor: 'a', expected: /after the header/, found: /hole/ },
    ],
    [
      'an overlap',
      file({ a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 1, 3) }, 3),
      { tensor: 'b', expected: /after/, found: /overlap of 1 byte/ },
    ],
    [
      'two tensors on the same bytes',
      file({ a: tensor('U8', [1], 0, 1), b: tensor('U8', [1], 0, 1) }, 1),
      { tensor: 'b', expected: /after/, found: /overlap/ },
    ],
    [
      'bytes after the last tensor',
      file({ a: tensor('U8', [1], 0, 1) }, 2),
      { expected: /as its header says/, found: /bytes/ },
    ],
    [
      'a name twice',
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      { expected: /every key once/, found: /"a" twice/ },
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      { expected: /every key once/, found: /"dtype"/ },
    ],
    ['metadata that is a list', file({ __metadata__: [] }), { expected: /__metadata__/, found: /\[\]/ }],
    [
      'metadata that is no text',
      file({ __metadata__: { a: 1 } }),
      { expected: /__metadata__\.a to be a string/, found: /1/ },
    ],
    [
      'half a surrogate pair',
      file('{"\\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      { tensor: '\\ud800', expected: /Unicode/, found: /surrogate/ },
    ],
  ];
  it.each(cases)('refuses %s', async (_, bytes, { tensor: name, expected, found }) => {
    await expect(read(bytes)).rejects.toMatchObject({
      name: 'JambalayaError',
      code: 'format',
      fields: {
        file: 'x.safetensors',
        expected: expect.stringMatching(expected),
        found: expect.stringMatching(found),
        ...(name === undefined ? {} : { tensor: name }),
      },
    });
  });

  it('reads no more than the header', async () => {
    const bytes = file({ a: tensor('U8', [1000], 0, 1000) }, 1000);
    let asked = 0;
    const inner = bytesSource('x', bytes);
    const source: ByteSource = {
      ...inner,
      read: (offset, length) => {
        asked += length;
        return inner.read(offset, length);
      },
    };
    await readSafetensors(source);
    expect(asked).toBe(bytes.length - 1000);
  });
});

describe('the golden files', async () => {
  const root = new URL('../../../test/fixtures/golden/', import.meta.url).pathname;
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.safetensors')).sort();

  it.each(names)('%s: every tensor is where an independent reading finds it', async (name) => {
    const whole = await readFile(join(root, name));
    const length = Number(whole.readBigUInt64LE(0));
    const { __metadata__: metadata, ...header } = JSON.parse(whole.subarray(8, 8 + length).toString('utf8'));
    const source = await openFile(join(root, name));
    try {
      const parsed = await readSafetensors(source);
      expect(parsed.metadata).toEqual(metadata ?? {});
      expect([...parsed.tensors.keys()].sort()).toEqual(Object.keys(header).sort());
      for (const entry of parsed.tensors.values()) {
        const { dtype, shape, data_offsets: offsets } = header[entry.name];
        expect([entry.dtype, entry.shape]).toEqual([dtype, shape]);
        const expected = whole.subarray(8 + length + offsets[0], 8 + length + offsets[1]);
        expect(Buffer.compare(expected, await readTensor(entry))).toBe(0);
      }
    } finally {
      await source.close();
    }
  });
});
