/** The second pass: chunks of ids to sorted runs of keys, a file each. A run is whole or is not there. */
import { open, rename, rm } from 'node:fs/promises';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';
import type { Kernels } from '../kernels.js';
import { goesOn, type JobFolder, readInto } from './job.host.node.js';
import type { PassOptions } from './options.js';
import type { CountPlan } from './plan.js';

const magic = 0x31524d50;
const headerWords = 4;
export const keyBytes = 16;
const longest = 5;

export interface RunFile {
  readonly path: string;
  /** Where each bucket ends, in keys. */
  readonly ends: Uint32Array;
  /** Of the first key. */
  readonly offset: number;
}

export interface SortInput {
  readonly ids: number;
  readonly words: number;
  readonly plan: CountPlan;
  readonly rankOf: Uint32Array<ArrayBuffer>;
  readonly bucketOf: Uint16Array<ArrayBuffer>;
}

const runName = (chunk: number) => `runs/${String(chunk).padStart(6, '0')}.run`;

/** Sorts the chunks whose runs are not there yet, as many at a time as there are threads. */
export async function sortPass(
  kernels: Kernels,
  folder: JobFolder,
  { ids, words, plan, rankOf, bucketOf }: SortInput,
  { signal, onProgress }: PassOptions,
): Promise<string[]> {
  const chunks = Math.ceil(ids / plan.chunkPositions);
  const names = Array.from({ length: chunks }, (_, chunk) => runName(chunk));
  const missing: number[] = [];
  for (const [chunk, name] of names.entries()) if ((await folder.size(name)) === undefined) missing.push(chunk);
  let done = chunks - missing.length;
  onProgress?.({ phase: 'sort', done, total: chunks });
  const lane = async () => {
    const positions = Math.min(plan.chunkPositions, ids);
    const part = kernels.allocate(Uint32Array, positions + longest - 1);
    const keys = kernels.allocate(Uint32Array, 4 * positions);
    const other = kernels.allocate(Uint32Array, 4 * positions);
    const ends = kernels.allocate(Uint32Array, plan.buckets);
    for (let chunk = missing.shift(); chunk !== undefined; chunk = missing.shift()) {
      if (signal?.aborted) {
        throw new JambalayaError('aborted', { what: 'counting' }, { hint: 'Give the same command again to go on.' });
      }
      const begin = chunk * plan.chunkPositions;
      const count = Math.min(plan.chunkPositions, ids - begin);
      const available = Math.min(count + longest - 1, ids - begin);
      await readInto(folder.place('ids'), part.subarray(0, available), 4 * begin);
      const numbers = [count, available, words, plan.buckets];
      const sorted = await kernels.run('sortChunk', [part, rankOf, bucketOf, keys, other, ends], numbers);
      if (sorted < 0) {
        throw new JambalayaError(
          'format',
          { file: folder.place('ids'), expected: 'ids of known words', found: 'others' },
          { hint: 'The file is damaged: remove the folder and count again.' },
        );
      }
      await writeRun(folder.place(names[chunk]!), ends, keys.subarray(0, 4 * sorted));
      onProgress?.({ phase: 'sort', done: ++done, total: chunks });
    }
  };
  const lanes = Math.min(kernels.threads, missing.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return names;
}

async function writeRun(path: string, ends: Uint32Array, keys: Uint32Array): Promise<void> {
  const temporary = `${path}.part`;
  try {
    const handle = await open(temporary, 'w');
    try {
      const header = Uint32Array.of(magic, ends.length, keys.length / 4, 0);
      for (const array of [header, ends, keys]) {
        const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
      }
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(path, 'write', error, goesOn);
  }
}

/** @throws `format` if the file is not a whole run with these buckets */
export async function openRun(folder: JobFolder, name: string, buckets: number): Promise<RunFile> {
  const path = folder.place(name);
  const fail = (expected: string, found: string) =>
    new JambalayaError(
      'format',
      { file: path, expected, found },
      { hint: 'The run is damaged: remove this file, and give the same command again; only it is made anew.' },
    );
  const size = (await folder.size(name)) ?? 0;
  const offset = 4 * (headerWords + buckets);
  if (size < offset) throw fail(`at least ${offset} bytes`, `${size}`);
  const header = new Uint32Array(headerWords + buckets);
  await readInto(path, header, 0);
  if (header[0] !== magic || header[1] !== buckets) throw fail(`a run of ${buckets} buckets`, 'something else');
  const expected = offset + keyBytes * header[2]!;
  if (size !== expected) throw fail(`${expected} bytes`, `${size}`);
  const ends = header.subarray(headerWords);
  for (let b = 1; b < buckets; b++) if (ends[b]! < ends[b - 1]!) throw fail('rising ends of buckets', 'others');
  if (ends[buckets - 1] !== header[2]) throw fail('all keys in buckets', 'others');
  return { path, ends, offset };
}
