import { describe, expect, it } from 'vitest';
import { encodeGguf, type GgufValue, memoryFolder, openGguf } from '../index.js';
import { ggufParts } from './parts.js';

const tensor = (name: string, value: number) => ({
  name,
  type: 'F32' as const,
  shape: [1],
  pieces: () => [new Uint8Array(Float32Array.of(value).buffer)],
});
const u16 = (value: number): GgufValue => ({ type: 'u16', value });

/** A file with the fields that llama.cpp's splitter writes. */
const part = (no: number, count: number, names: readonly string[], total = 3) =>
  encodeGguf(
    names.map((name) => tensor(name, name.length)),
    new Map<string, GgufValue>([
      ...(no === 0 ? [['general.architecture', { type: 'string', value: 'jamba' }] as const] : []),
      ['split.no', u16(no)],
      ['split.count', u16(count)],
      ['split.tensors.count', { type: 'i32', value: total }],
    ]),
  );
const name = (no: number) => `m-0000${no}-of-00002.gguf`;
const first = await part(0, 2, ['a', 'bb']);
const second = await part(1, 2, ['ccc']);
const again = await part(1, 2, ['a']);
const empty = await part(1, 2, []);
const whole = { [name(1)]: first, [name(2)]: second };

describe('ggufParts', () => {
  it('counts them up', () => {
    expect(ggufParts('x-00002-of-00003.gguf')).toEqual([
      'x-00001-of-00003.gguf',
      'x-00002-of-00003.gguf',
      'x-00003-of-00003.gguf',
    ]);
    for (const alone of ['x.gguf', 'x-00001-of-99999.gguf', 'x-1-of-2.gguf']) expect(ggufParts(alone)).toEqual([alone]);
  });
});

describe('openGguf', () => {
  it.each([1, 2])('joins all parts, opened by part %i', async (no) => {
    const file = await openGguf(memoryFolder('d', whole), name(no));
    expect([...file.tensors.keys()].sort()).toEqual(['a', 'bb', 'ccc']);
    expect(file.tensors.get('ccc')!.source.name).toBe(`d/${name(2)}`);
    expect(file.metadata.get('general.architecture')).toMatchObject({ value: 'jamba' });
    await file.close();
  });

  it('takes a file that is not split as it is', async () => {
    const folder = memoryFolder('d', { 'm.gguf': await encodeGguf([tensor('a', 1)], new Map()) });
    expect([...(await openGguf(folder, 'm.gguf')).tensors.keys()]).toEqual(['a']);
  });

  it.each([
    ['a part alone', { [name(1)]: first }, 1, /all 2 parts .* part 1 of 2, found no m-00002-of-00002/],
    ['the second part alone', { [name(2)]: second }, 2, /part 2 of 2, found no m-00001-of-00002/],
    ['a part twice', { ...whole, [name(2)]: first }, 1, /part 2 of 2, as its name says/],
    ['a tensor twice', { ...whole, [name(2)]: again }, 1, /tensor a: expected it once/],
    ['a tensor too few', { ...whole, [name(2)]: empty }, 1, /3 tensors, found 2/],
  ])('refuses %s', async (_, files, no, message) => {
    const error = await openGguf(memoryFolder('d', files), name(no)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'format', message: expect.stringMatching(message) });
  });

  it('says that a renamed part is one', async () => {
    const folder = memoryFolder('d', { 'model.gguf': first });
    await expect(openGguf(folder, 'model.gguf')).rejects.toMatchObject({
      message: expect.stringContaining('model-00001-of-00002.gguf, as this is part 1 of 2'),
    });
  });
});
