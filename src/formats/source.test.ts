import { describe, expect, it } from 'vitest';
import { bytesSource, isPlainFileName, memoryFolder } from './index.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

describe('bytesSource', () => {
  it('returns copies that start at offset 0 of their own buffer', async () => {
    const source = bytesSource('five', Buffer.from(bytes));
    const middle = await source.read(1, 3);
    expect([...middle]).toEqual([2, 3, 4]);
    middle[0] = 9;
    expect([...(await source.read(0, 5))]).toEqual([1, 2, 3, 4, 5]);
    expect(middle.byteOffset).toBe(0);
  });

  it('reads nothing at the end', async () => {
    expect(await bytesSource('five', bytes).read(5, 0)).toHaveLength(0);
  });

  it.each([
    [0, 6],
    [5, 1],
    [2 ** 52, 2 ** 52],
  ])('refuses to read outside of the file: %d, %d', async (offset, length) => {
    await expect(bytesSource('five', bytes).read(offset, length)).rejects.toMatchObject({
      code: 'format',
      fields: { file: 'five', found: 'a file of 5 bytes' },
    });
  });

  it.each([
    [-1, 1],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
  ])('refuses an offset or a length that cannot be: %d, %d', async (offset, length) => {
    await expect(bytesSource('five', bytes).read(offset, length)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('memoryFolder', () => {
  const folder = memoryFolder('here', { b: bytes, a: new Uint8Array(0) });

  it('lists, finds and opens its files', async () => {
    expect(await folder.list()).toEqual(['a', 'b']);
    expect(await folder.has('a')).toBe(true);
    expect(await folder.has('c')).toBe(false);
    expect(await folder.open('b')).toMatchObject({ name: 'here/b', size: 5 });
  });

  it('has no files of the object prototype', async () => {
    expect(await folder.has('constructor')).toBe(false);
  });

  it('says which file is missing', async () => {
    await expect(folder.open('c')).rejects.toMatchObject({
      code: 'file',
      message: 'here/c: cannot read: no such file',
    });
  });

  it('takes no paths', async () => {
    await expect(folder.open('../b')).rejects.toMatchObject({ code: 'usage' });
    await expect(folder.has('/b')).rejects.toMatchObject({ code: 'usage' });
    expect(() => memoryFolder('here', { 'x/y': bytes })).toThrow(/file name without a path/);
  });
});

describe('isPlainFileName', () => {
  it.each(['config.json', '.hidden', 'a b', 'модель', '..a', 'a..b'])('takes %j', (name) => {
    expect(isPlainFileName(name)).toBe(true);
  });

  it.each(['', '.', '..', '../a', 'a/b', 'a\\b', '/a', 'C:a', 'a\0', 'a\n', 'a'.repeat(256)])('refuses %j', (name) => {
    expect(isPlainFileName(name)).toBe(false);
  });
});
