/** The third pass: the runs, merged bucket by bucket, to the n-grams that stand often enough. */
import { type FileHandle, open } from 'node:fs/promises';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';
import type { Kernels } from '../kernels.js';
import { Appended, type JobFolder } from './job.host.node.js';
import type { PassOptions } from './options.js';
import { keyBytes, openRun, type RunFile } from './sortPass.host.node.js';

/** Rows of 2-grams … 5-grams: ids and a count, each four bytes. */
export const rowFiles = ['2.bin', '3.bin', '4.bin', '5.bin'] as const;
export const rowWords = (file: number): number => file + 3;

export interface MergeInput {
  readonly runs: readonly string[];
  readonly buckets: number;
  readonly minCount: number;
  /** Bytes that all lanes together may take. */
  readonly roomBytes: number;
  /** Where to go on. */
  readonly bucket: number;
  readonly rows: readonly number[];
  /** Told when everything up to a bucket is in the files. */
  readonly onBucket: (next: number, rows: readonly number[]) => Promise<void>;
}

const finished = -1;
const isFull = -2;
const bucketsPerState = 16;
/** Rows of the output of a call, at least. */
const fewestRows = 4096;

/** Gives the number of rows of each length. */
export async function mergePass(
  kernels: Kernels,
  folder: JobFolder,
  input: MergeInput,
  { signal, onProgress }: PassOptions,
): Promise<number[]> {
  const { buckets } = input;
  const runs = await Promise.all(input.runs.map((name) => openRun(folder, name, buckets)));
  const rows = [...input.rows];
  for (const [n, name] of rowFiles.entries()) await folder.cut(name, 4 * rowWords(n) * rows[n]!);
  const handles: FileHandle[] = [];
  const files = await Promise.all(rowFiles.map((name) => Appended.open(folder.place(name))));
  let nextBucket = input.bucket;
  // Lanes finish in any order, and write in the order of their buckets.
  const turns = Array.from({ length: buckets + 1 }, () => {
    let open = () => {};
    const promise = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { promise, open };
  });
  turns[input.bucket]!.open();
  let failed: unknown;
  try {
    for (const { path } of runs) {
      handles.push(
        await open(path, 'r').catch((error: unknown) => {
          throw fileError(path, 'read', error);
        }),
      );
    }
    const lanes = Math.min(kernels.threads, buckets - input.bucket);
    const lane = async () => {
      const merger = new BucketMerger(kernels, runs, handles, input.roomBytes / lanes, input.minCount);
      while (nextBucket < buckets && failed === undefined) {
        const bucket = nextBucket++;
        const write = async (outputs: readonly Uint32Array[]) => {
          await turns[bucket]!.promise;
          if (failed !== undefined) throw failed;
          for (const [n, output] of outputs.entries()) {
            await files[n]!.append(output);
            rows[n]! += output.length / rowWords(n);
          }
        };
        await merger.merge(bucket, write);
        await turns[bucket]!.promise;
        if (signal?.aborted) {
          await input.onBucket(bucket + 1, rows);
          throw new JambalayaError('aborted', { what: 'counting' }, { hint: 'Give the same command again to go on.' });
        }
        if ((bucket + 1) % bucketsPerState === 0) await input.onBucket(bucket + 1, rows);
        onProgress?.({ phase: 'merge', done: bucket + 1, total: buckets });
        turns[bucket + 1]!.open();
      }
    };
    const guarded = () =>
      lane().catch((error: unknown) => {
        failed ??= error;
        for (const turn of turns) turn.open();
      });
    await Promise.all(Array.from({ length: lanes }, guarded));
    if (failed !== undefined) throw failed;
  } finally {
    for (const file of files) await file.close();
    for (const handle of handles) await handle.close();
  }
  return rows;
}

/** Merges one bucket at a time with memory of its own. */
class BucketMerger {
  private readonly windowKeys: number;
  private readonly keys: Uint32Array<ArrayBuffer>;
  private readonly positions: Float64Array<ArrayBuffer>;
  private readonly scan: Float64Array<ArrayBuffer>;
  private readonly heap: Uint32Array<ArrayBuffer>;
  private readonly used: Float64Array<ArrayBuffer>;
  private readonly outputs: readonly Uint32Array<ArrayBuffer>[];

  constructor(
    kernels: Kernels,
    private readonly runs: readonly RunFile[],
    private readonly handles: readonly FileHandle[],
    roomBytes: number,
    private readonly minCount: number,
  ) {
    this.kernels = kernels;
    const count = Math.max(1, runs.length);
    const most = Math.max(
      1,
      ...runs.map(({ ends }) => ends.reduce((large, end, b) => Math.max(large, end - (ends[b - 1] ?? 0)), 0)),
    );
    this.windowKeys = Math.max(64, Math.min(most, Math.floor((0.6 * roomBytes) / keyBytes / count)));
    this.keys = kernels.allocate(Uint32Array, 4 * this.windowKeys * count);
    this.positions = kernels.allocate(Float64Array, 3 * count);
    this.scan = kernels.allocate(Float64Array, 10);
    this.heap = kernels.allocate(Uint32Array, count);
    this.used = kernels.allocate(Float64Array, 4);
    const rows = Math.max(fewestRows, Math.min(this.windowKeys * count, Math.floor((0.3 * roomBytes) / (4 * 18))));
    this.outputs = rowFiles.map((_, n) => kernels.allocate(Uint32Array, (rows + 1) * rowWords(n)));
  }

  private readonly kernels: Kernels;

  async merge(bucket: number, write: (outputs: readonly Uint32Array[]) => Promise<void>): Promise<void> {
    const { runs, positions, used, minCount } = this;
    const left = runs.map(({ ends }) => ({ next: ends[bucket - 1] ?? 0, end: ends[bucket]! }));
    this.scan.fill(0);
    for (let run = 0; run < runs.length; run++) await this.fill(run, left[run]!);
    const flush = async () => {
      await write(this.outputs.map((output, n) => output.subarray(0, used[n]! * rowWords(n))));
      used.fill(0);
    };
    used.fill(0);
    for (;;) {
      const arrays = [this.keys, positions, this.scan, this.heap, used, ...this.outputs];
      const status = await this.kernels.run('mergeRuns', arrays, [runs.length, minCount]);
      if (status === finished) break;
      if (status === isFull) await flush();
      else await this.fill(status, left[status]!);
    }
    await flush();
  }

  /** Reads the next keys of a run's part of this bucket into the run's window. */
  private async fill(run: number, part: { next: number; end: number }): Promise<void> {
    const count = Math.min(this.windowKeys, part.end - part.next);
    const begin = run * this.windowKeys;
    if (count > 0) {
      const window = this.keys.subarray(4 * begin, 4 * (begin + count));
      const bytes = new Uint8Array(window.buffer, window.byteOffset, window.byteLength);
      const { path, offset } = this.runs[run]!;
      for (let at = 0; at < bytes.length; ) {
        const position = offset + keyBytes * part.next + at;
        const { bytesRead } = await this.handles[run]!.read(bytes, at, bytes.length - at, position);
        if (bytesRead === 0) {
          throw new JambalayaError(
            'format',
            { file: path, expected: 'a whole run', found: 'its end' },
            { hint: 'Remove this file, and give the same command again.' },
          );
        }
        at += bytesRead;
      }
    }
    part.next += count;
    this.positions.set([begin, begin + count, part.next < part.end ? 1 : 0], 3 * run);
  }
}
