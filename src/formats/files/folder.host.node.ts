/** Model folders that are written as one: seen whole, or not at all. */
import { mkdir, readdir, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../file-error.js';
import { isModelFile } from '../hub/names.js';
import { shownName } from '../phrases.js';
import { pathText } from '../source.js';
import { lock } from './lock.host.node.js';
import { newPartial } from './process.host.node.js';

/**
 * Lets `write` fill a folder that takes the place of `path` when all is done. What was there is replaced only if it is empty
 * or a model folder and nothing else; if anything fails it stays as it was. What a killed process left half written beside
 * it is cleared away.
 *
 * @throws `usage` if something else is in the folder; `file` if the disk refuses, or another process writes there
 */
export async function writeFolder<T>(path: string, write: (folder: string) => Promise<T>): Promise<T> {
  const target = await realpath(pathText('out', path)).catch(() => resolve(path));
  const parent = dirname(target);
  const base = basename(target);
  const beside = (name: string) => join(parent, name);
  try {
    await expectReplaceable(path, target);
    await mkdir(parent, { recursive: true });
    await using _ = await lock(beside(`.${base}.lock`), path);
    const old = beside(`.${base}.replaced`);
    await settle(target, old);
    await expectReplaceable(path, target);
    const partial = await newPartial(target);
    try {
      await mkdir(partial);
      const result = await write(partial);
      await expectReplaceable(path, target);
      await replace(target, partial, old);
      return result;
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw fileError(path, 'write', error);
  }
}

/** An empty folder gives way to a rename; a full one is moved aside first. */
async function replace(target: string, partial: string, old: string): Promise<void> {
  if (
    await rename(partial, target).then(
      () => true,
      (error: unknown) => !isOccupied(error) && Promise.reject(error),
    )
  )
    return;
  await rename(target, old);
  await rename(partial, target).catch(async (error: unknown) => {
    await rename(old, target);
    throw error;
  });
  await rm(old, { recursive: true, force: true });
}

const isOccupied = (error: unknown) =>
  ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Ends what a process that was killed between two renames began: the old folder comes back where no new one came. */
async function settle(target: string, old: string): Promise<void> {
  if (!(await exists(old))) return;
  await rmdir(target).catch(() => {});
  if (await exists(target)) await rm(old, { recursive: true, force: true });
  else await rename(old, target);
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

async function expectReplaceable(path: string, target: string): Promise<void> {
  const fail = (expected: string, found: string) =>
    new JambalayaError('usage', { argument: 'out', expected, found }, { hint: 'give a folder of its own' });
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) {
    throw new JambalayaError('file', { file: path, operation: 'write', reason: 'it is a file, not a folder' });
  }
  const entries = await readdir(target, { withFileTypes: true });
  const other = entries.find((entry) => !(entry.isFile() || entry.isSymbolicLink()) || !isModelFile(entry.name));
  if (other !== undefined)
    throw fail('an empty folder, or one with a model alone', `${shownName(other.name)} in ${path}`);
  if (entries.length > 0 && !entries.some(({ name }) => name === 'config.json')) {
    throw fail(
      'an empty folder, or one with a model alone',
      `${shownName(entries[0]!.name)} in ${path}, and no config.json`,
    );
  }
}
