import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFile, openFolder, readFloats, readSafetensors, writeFileAtomically, writeSafetensors } from '../index.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jambalaya-files-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('openFolder', () => {
  it('lists files and links to files, not folders', async () => {
    await writeFile(join(root, 'config.json'), '{}');
    await mkdir(join(root, 'sub'));
    await symlink('config.json', join(root, 'link.json'));
    await symlink('nowhere', join(root, 'broken.json'));
    const folder = await openFolder(root);
    expect(folder.name).toBe(root);
    expect(await folder.list()).toEqual(['config.json', 'link.json']);
    expect(await folder.has('link.json')).toBe(true);
    expect(await folder.has('broken.json')).toBe(false);
    expect(await folder.has('sub')).toBe(false);
    const source = await folder.open('link.json');
    expect(source).toMatchObject({ name: join(root, 'link.json'), path: join(root, 'link.json'), size: 2 });
    await source.close();
  });

  it('leads nowhere else', async () => {
    const folder = await openFolder(root);
    await expect(folder.open('../x')).rejects.toMatchObject({ code: 'usage' });
    await expect(folder.has('/etc/passwd')).rejects.toMatchObject({ code: 'usage' });
  });

  it('says what to give instead of a folder that is not there, or of a file', async () => {
    await expect(openFolder(join(root, 'none'))).rejects.toMatchObject({
      code: 'file',
      message: `${join(root, 'none')}: cannot read: no such file or folder`,
      hint: expect.stringContaining('config.json'),
    });
    await writeFile(join(root, 'a'), '');
    await expect(openFolder(join(root, 'a'))).rejects.toMatchObject({
      code: 'file',
      hint: expect.stringContaining(root),
    });
  });
});

describe('openFile', () => {
  it('reads any part of the file, and nothing outside of it', async () => {
    await writeFile(join(root, 'a'), 'hello');
    const source = await openFile(join(root, 'a'));
    expect(new TextDecoder().decode(await source.read(1, 3))).toBe('ell');
    expect(await source.read(5, 0)).toHaveLength(0);
    await expect(source.read(4, 2)).rejects.toMatchObject({ code: 'format' });
    await source.close();
    await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'file', fields: { reason: 'it is closed' } });
  });

  it('notices a file that shrinks while it is open', async () => {
    await writeFile(join(root, 'a'), 'hello');
    const source = await openFile(join(root, 'a'));
    await truncate(join(root, 'a'), 2);
    await expect(source.read(0, 5)).rejects.toMatchObject({ code: 'format', fields: { found: 'a shorter file' } });
    await source.close();
  });

  it('refuses folders and missing files', async () => {
    await expect(openFile(root)).rejects.toMatchObject({
      code: 'file',
      fields: { reason: 'it is not a regular file' },
    });
    await expect(openFile(join(root, 'none'))).rejects.toMatchObject({ code: 'file' });
  });
});

describe('writeSafetensors', () => {
  const path = () => join(root, 'x.safetensors');
  const ones = {
    name: 'one',
    dtype: 'F32',
    shape: [2],
    bytes: () => new Uint8Array(Float32Array.of(1, 1).buffer),
  } as const;

  it('asks for one tensor at a time, and is read back', async () => {
    let held = 0;
    const slow = (name: string, value: number) => ({
      name,
      dtype: 'F32' as const,
      shape: [2],
      bytes: async () => {
        expect(++held).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        held--;
        return new Uint8Array(Float32Array.of(value, -value).buffer);
      },
    });
    await writeSafetensors(path(), [slow('a', 1), slow('b', 2)], { made: 'here' });
    const source = await openFile(path());
    const file = await readSafetensors(source);
    expect(file.metadata).toEqual({ made: 'here' });
    expect([...(await readFloats(file.tensors.get('b')!))]).toEqual([2, -2]);
    await source.close();
    expect(await readdir(root)).toEqual(['x.safetensors']);
  });

  it('leaves the old file, and nothing else, when a tensor fails', async () => {
    await writeFile(path(), 'old');
    const failing = { ...ones, name: 'two', bytes: () => Promise.reject(new TypeError('mine')) };
    await expect(writeSafetensors(path(), [ones, failing])).rejects.toThrow(new TypeError('mine'));
    const short = { ...ones, bytes: () => new Uint8Array(3) };
    await expect(writeSafetensors(path(), [short])).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(path(), 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['x.safetensors']);
  });

  it('replaces the old file', async () => {
    await writeFile(path(), 'old');
    await writeSafetensors(path(), [ones]);
    expect((await stat(path())).size).toBe(64 + 8);
  });
});

describe('writeFileAtomically', () => {
  it('writes texts and bytes', async () => {
    await writeFileAtomically(join(root, 'a'), 'é');
    expect([...(await readFile(join(root, 'a')))]).toEqual([0xc3, 0xa9]);
    await writeFileAtomically(join(root, 'a'), Uint8Array.of(1));
    expect([...(await readFile(join(root, 'a')))]).toEqual([1]);
  });

  it('names the file when there is no such folder', async () => {
    await expect(writeFileAtomically(join(root, 'none', 'a'), '')).rejects.toMatchObject({
      code: 'file',
      message: `${join(root, 'none', 'a')}: cannot write: no such file or folder`,
    });
  });

  it('names the file when the folder cannot be written', async (context) => {
    if (process.getuid?.() === 0) context.skip('the superuser may write everywhere');
    await chmod(root, 0o500);
    await expect(writeFileAtomically(join(root, 'a'), '')).rejects.toMatchObject({ code: 'file' });
    await chmod(root, 0o700);
  });
});
