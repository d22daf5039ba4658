/** The folder of a run on disk, and what a report is made of. */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import { expectUnlocked, lock, openFile, writeFileAtomically, writeSafetensors } from '../formats/index.js';
import type { RunFolder, StoredCheckpoint } from './runFolder.js';

const checkpointName = /^step-(\d{8,})\.safetensors$/;
const logName = 'log.jsonl';
const modelFile = /^config\.json$|\.(safetensors|gguf)$|^pytorch_model/;

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A folder of a run, made with the first thing that is written.
 *
 * @throws `file` if another process trains into it
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const checkpoints = join(path, 'checkpoints');
  const file = (name: string) => join(path, name);
  const lockFile = file('.lock');
  await expectUnlocked(lockFile, path);
  const checkpointFile = (step: number) => join(checkpoints, `step-${String(step).padStart(8, '0')}.safetensors`);
  return {
    path,
    lock: () =>
      failing(path, 'write', async () => {
        await mkdir(checkpoints, { recursive: true });
        const held = await lock(lockFile, path);
        for (const folder of [path, checkpoints]) {
          for (const name of await readdir(folder)) {
            if (/^\..*\.partial$/.test(name)) await rm(join(folder, name), { force: true, recursive: true });
          }
        }
        return held;
      }),
    modelFile: async () => (await readdir(path).catch(() => [])).find((name) => modelFile.test(name)),
    checkpoints: () =>
      failing(checkpoints, 'read', async () => {
        const stored: StoredCheckpoint[] = [];
        for (const name of await readdir(checkpoints).catch(nothingThere)) {
          const step = checkpointName.exec(name)?.[1];
          if (step !== undefined) stored.push({ step: Number(step), file: join(checkpoints, name) });
        }
        return stored.sort((a, b) => b.step - a.step);
      }),
    openCheckpoint: (checkpoint) => openFile(checkpoint.file),
    writeCheckpoint: (step, tensors, metadata) => writeSafetensors(checkpointFile(step), tensors, metadata),
    removeCheckpoint: (checkpoint) => failing(checkpoint.file, 'write', () => rm(checkpoint.file, { force: true })),
    log: (line) => failing(file(logName), 'write', () => appendFile(file(logName), `${line}\n`)),
    readLog: async () => {
      const text = await readFile(file(logName), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    },
    writeLog: (lines) => writeFileAtomically(file(logName), lines.map((line) => `${line}\n`).join('')),
    writeFile: (name, content) => writeFileAtomically(file(name), content),
    writeTensors: (name, tensors, metadata) => writeSafetensors(file(name), tensors, metadata),
  };
}

/** The folder that a file is in. */
export const folderOf = (file: string): string => dirname(file);

/** A path that is relative to the folder of a file, or absolute. */
export const pathBeside = (file: string, path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));

/** A path below a folder. */
export const pathIn = (folder: string, name: string): string => join(folder, name);

/** Where token files are kept from one run to the next: `jambalaya/tokens` in the user's cache. */
export const tokenCacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jambalaya', 'tokens');

/** The script and the style of uPlot, to stand inside of a page. */
export async function plotLibrary(): Promise<{ readonly script: string; readonly style: string }> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return { script: await read('uPlot.iife.min.js'), style: await read('uPlot.min.css') };
}

function nothingThere(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function failing<T>(path: string, operation: 'read' | 'write', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isJambalayaError(cause)) throw cause;
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'no space left on the disk' : (cause as Error).message;
    throw new JambalayaError('file', { file: path, operation, reason }, { cause });
  }
}
