/** Workers, in Node. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JambalayaError } from '../errors/index.js';
import type { FromWorker, WorkerPort } from './protocol.js';

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A worker thread that waits for a model to load. The compiled file serves callers that run from source, too. */
export function startWorker(): WorkerPort {
  const file = new URL('../../dist/runtime/worker.host.node.js', import.meta.url);
  if (!existsSync(file)) {
    throw new JambalayaError(
      'unavailable',
      { what: 'the model worker', reason: `${fileURLToPath(file)} does not exist` },
      { hint: 'run `npm run build`' },
    );
  }
  // Without the process's own flags: conditions, loaders and hooks of the program are not for the compiled file.
  const worker = new Worker(file, { name: 'jambalaya', execArgv: [] });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', (message: FromWorker) => listener(message)),
    onFailure: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`it ended with code ${code}`)));
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}

/** Memory that both sides of a worker see. */
export const sharedFlag = (): Int32Array | undefined => new Int32Array(new SharedArrayBuffer(4));

/** What this process may still take, and what it takes and took at most; in bytes. */
export interface MachineMemory {
  readonly availableBytes: number;
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
}

export function machineMemory(): MachineMemory | undefined {
  const residentBytes = process.memoryUsage.rss();
  // macOS counts as free what nothing was ever in.
  const free = process.platform === 'darwin' ? totalmem() : freemem();
  return {
    availableBytes: Math.min(free, roomOfControlGroup() ?? Number.POSITIVE_INFINITY),
    residentBytes,
    peakResidentBytes: Math.max(residentBytes, 1024 * process.resourceUsage().maxRSS),
  };
}

/** What a container's limit leaves. Its file cache gives way to us, so that only memory without a file counts as taken. */
function roomOfControlGroup(): number | undefined {
  const limit = process.constrainedMemory();
  if (!(limit > 0 && limit < totalmem())) return undefined;
  let taken = process.memoryUsage.rss();
  try {
    const anonymous = /^anon (\d+)$/m.exec(readFileSync('/sys/fs/cgroup/memory.stat', 'utf8'))?.[1];
    if (anonymous !== undefined) taken = Number(anonymous);
  } catch {
    // Another system, or an older form of control groups: our own memory is the best guess.
  }
  return Math.max(0, limit - taken);
}

/** Files of a folder that a cache keeps for a later process. */
export interface StateFiles {
  list(): Promise<readonly string[]>;
  size(name: string): Promise<number>;
  /** Undefined if the file is not there. */
  read(name: string, offset?: number, length?: number): Promise<Uint8Array | undefined>;
  /** Whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The folder `place` in `parent` is made; what a killed process was about to write there is deleted. */
export async function stateFiles(parent: string, place: string): Promise<StateFiles | undefined> {
  const folder = join(parent, place);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name.endsWith('.writing')) await rm(join(folder, name), { force: true });
  return {
    list: () => readdir(folder),
    size: async (name) => (await stat(join(folder, name))).size,
    read: async (name, offset = 0, length) => {
      const file = await open(join(folder, name)).catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const bytes = new Uint8Array(length ?? Math.max(0, (await file.stat()).size - offset));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    write: async (name, bytes) => {
      const writing = join(folder, `${name}.writing`);
      await writeFile(writing, bytes);
      await rename(writing, join(folder, name));
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}
