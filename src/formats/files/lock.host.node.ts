/** A file that says that a process works at a place, so that a second one keeps away. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../file-error.js';
import type { FileLock } from '../lock.js';
import { mayRun, type ProcessMark, thisProcess } from './process.host.node.js';

/**
 * Takes the lock `path`, or gives the process that has it. A lock whose process is gone does not count.
 *
 * @throws `file` if the disk refuses
 */
export async function tryLock(path: string): Promise<FileLock | ProcessMark> {
  const content = JSON.stringify({ ...(await thisProcess()), token: randomBytes(8).toString('hex') });
  try {
    for (let unreadable = 0; ; ) {
      if (await written(path, content)) return heldLock(path, content);
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const owner = ownerIn(found);
      if (owner !== undefined && (await mayRun(owner))) return owner;
      // Its writer may be about to write it.
      if (owner === undefined && unreadable++ < 5) await pause(20);
      else await remove(path, found);
    }
  } catch (error) {
    throw fileError(path, 'write', error);
  }
}

/** Whether `taken` is a lock that was got. */
export const isHeld = (taken: FileLock | ProcessMark): taken is FileLock => 'release' in taken;

/**
 * Takes the lock `path` of the place that errors name.
 *
 * @throws `file` if another process has it
 */
export async function lock(path: string, place: string): Promise<FileLock> {
  const taken = await tryLock(path);
  if (isHeld(taken)) return taken;
  throw isBusy(path, place, taken);
}

/** @throws `file` if a process that may still run has the lock `path` of the place that errors name */
export async function expectUnlocked(path: string, place: string): Promise<void> {
  const owner = ownerIn(await readFile(path, 'utf8').catch(() => ''));
  if (owner !== undefined && (await mayRun(owner))) throw isBusy(path, place, owner);
}

function isBusy(path: string, place: string, { pid }: ProcessMark): JambalayaError<'file'> {
  return new JambalayaError(
    'file',
    { file: place, operation: 'write', reason: `process ${pid} is writing there` },
    { hint: `Wait for it, or give another place. If no such process runs on any machine, remove ${path}` },
  );
}

async function written(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerIn(content: string): ProcessMark | undefined {
  try {
    const { host, pid, started } = JSON.parse(content) as ProcessMark;
    const isMark = typeof host === 'string' && Number.isSafeInteger(pid) && pid > 0;
    return isMark ? { host, pid, started: typeof started === 'string' ? started : null } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the lock with this content. Moved aside first: another process may have taken the place of it meanwhile. */
async function remove(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8').catch(() => content);
  if (moved !== content) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function heldLock(path: string, content: string): FileLock {
  let held = true;
  const release = async () => {
    if (held) await remove(path, content);
    held = false;
  };
  return { release, [Symbol.asyncDispose]: release };
}
