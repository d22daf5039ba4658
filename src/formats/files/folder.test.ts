import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadProcess } from '../../../test/support/processes.js';
import { newPartial, writeFolder } from '../index.js';

let root = '';
let path = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jambalaya-folder-'));
  path = join(root, 'model');
});
afterEach(() => rm(root, { recursive: true }));

/** A model of these files with this text in all of them. */
const model =
  (text: string, ...files: readonly string[]) =>
  async (folder: string) => {
    for (const file of ['config.json', ...files]) await writeFile(join(folder, file), text);
  };
const failing = async (folder: string) => {
  await model('new')(folder);
  throw new TypeError('mine');
};
const configOf = () => readFile(join(path, 'config.json'), 'utf8');

/** The name of a partial whose process is gone. */
const abandoned = async (of: string) => (await newPartial(of)).replace(`-${process.pid}-`, `-${deadProcess()}-`);

describe('writeFolder', () => {
  it('makes a folder, also in folders that are not there yet, and gives the result on', async () => {
    path = join(root, 'a', 'b');
    expect(await writeFolder(path, async (folder) => model('x')(folder).then(() => 5))).toBe(5);
    expect(await configOf()).toBe('x');
    expect(await readdir(join(root, 'a'))).toEqual(['b']);
  });

  it('replaces an empty folder, and a model as one: nothing of the old one stays', async () => {
    await mkdir(path);
    await writeFolder(path, model('old', 'tokenizer.json', 'model-00002-of-00002.safetensors'));
    await writeFolder(path, async (folder) => {
      expect(await configOf()).toBe('old');
      await model('new', 'model.safetensors')(folder);
      expect(await configOf()).toBe('old');
    });
    expect((await readdir(path)).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(await configOf()).toBe('new');
    expect(await readdir(root)).toEqual(['model']);
  });

  it('leaves what was there, or nothing, when it fails', async () => {
    await expect(writeFolder(path, failing)).rejects.toThrow(new TypeError('mine'));
    expect(await readdir(root)).toEqual([]);
    await writeFolder(path, model('old'));
    await expect(writeFolder(path, failing)).rejects.toThrow(new TypeError('mine'));
    expect(await configOf()).toBe('old');
    expect(await readdir(root)).toEqual(['model']);
  });

  it.each([
    ['a folder in it', () => mkdir(join(path, 'checkpoints'))],
    ['another file in it', () => writeFile(join(path, 'thesis.odt'), '')],
    ['no config', () => rename(join(path, 'config.json'), join(path, 'notes.txt'))],
  ])('refuses a folder with %s, before and after the work', async (_, put) => {
    await writeFolder(path, model('old'));
    const work = writeFolder(path, async (folder) => {
      await model('new')(folder);
      await put();
    });
    await expect(work).rejects.toMatchObject({ code: 'usage', fields: { argument: 'out' } });
    let called = false;
    const again = writeFolder(path, async () => {
      called = true;
    });
    await expect(again).rejects.toMatchObject({ code: 'usage', hint: 'give a folder of its own' });
    expect(called).toBe(false);
    expect(await readdir(root)).toEqual(['model']);
  });

  it('refuses a file', async () => {
    await writeFile(path, '');
    await expect(writeFolder(path, model('x'))).rejects.toMatchObject({ code: 'file' });
  });

  it('keeps a second one out', async () => {
    await writeFolder(path, async (folder) => {
      await expect(writeFolder(path, model('second'))).rejects.toMatchObject({ code: 'file' });
      await model('first')(folder);
    });
    expect(await configOf()).toBe('first');
  });

  it('clears away what a killed process left of the same folder, and of no other', async () => {
    const mine = await abandoned(path);
    const alive = await newPartial(path);
    const other = await abandoned(join(root, 'mode'));
    for (const folder of [mine, alive, other]) await mkdir(folder);
    await writeFile(join(mine, 'model.safetensors'), 'half');
    await writeFolder(path, model('x'));
    expect((await readdir(root)).sort()).toEqual([basename(alive), basename(other), 'model'].sort());
  });

  it.each([
    ['comes back', false, 'old'],
    ['goes', true, 'newer'],
  ])('the old model %s where a process was killed between two renames', async (_, came, text) => {
    await writeFolder(path, model('old'));
    await rename(path, join(root, '.model.replaced'));
    if (came) await model('newer')(await mkdir(path).then(() => path));
    await expect(writeFolder(path, failing)).rejects.toThrow();
    expect(await configOf()).toBe(text);
    expect(await readdir(root)).toEqual(['model']);
  });

  it('follows a link to the folder', async () => {
    await mkdir(join(root, 'there'));
    await symlink('there', path);
    await writeFolder(path, model('x'));
    expect(await readFile(join(root, 'there', 'config.json'), 'utf8')).toBe('x');
  });
});
