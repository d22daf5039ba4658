/** Files of training data on disk: names with `*`, and their bytes, out of gzip where they are in it. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';

/** Bytes of one read. */
const chunkBytes = 2 ** 18;

/**
 * Paths of files by name; in the last part of a name `*` stands for any characters. The files of a pattern come in the
 * order of their names. Relative names are looked for in `root`, the folder of a recipe's data, or where the program runs.
 *
 * @throws `file` if a name or a pattern leads to no regular file
 */
export async function expandFiles(patterns: readonly string[], root?: string): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    const isAbsolute = pattern.startsWith('/');
    const path = isAbsolute ? pattern : join(root ?? '.', pattern);
    const hint =
      isAbsolute || root === undefined
        ? undefined
        : `Name the folder of the recipe’s data with --data, if not ${root}.`;
    const names = basename(path).includes('*') ? await matches(path, hint) : [path];
    for (const file of names) {
      const stats = await stat(file).catch((error: unknown) => {
        throw fileError(file, 'read', error, hint);
      });
      if (stats.isFile()) found.push(file);
      else if (!basename(path).includes('*')) {
        throw new JambalayaError('file', { file, operation: 'read', reason: 'it is not a regular file' });
      }
    }
  }
  return found;
}

async function matches(pattern: string, hint: string | undefined): Promise<string[]> {
  const folder = dirname(pattern);
  const parts = basename(pattern).split('*');
  const source = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  const matcher = new RegExp(`^${source}$`, 's');
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(folder, 'read', error, hint);
  });
  const files = names.filter((name) => matcher.test(name)).sort();
  if (files.length > 0) return files.map((name) => join(folder, name));
  const reason = 'no file has a name like this';
  throw new JambalayaError('file', { file: pattern, operation: 'read', reason }, { hint: `Look into ${folder}.` });
}

/**
 * The bytes of a file, piece by piece; those of a gzip file (by its first bytes, whatever its name) unpacked.
 *
 * @param onRead told how many bytes of the file have been read since it was last told
 * @throws `file` if it cannot be read, `format` for a damaged or shortened gzip file
 */
export async function* readBytes(file: string, onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(file, { highWaterMark: chunkBytes });
  try {
    const chunks = raw[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
    const first = await chunks.next();
    if (first.done) return;
    onRead?.(first.value.length);
    const rest = async function* () {
      yield first.value;
      for await (const chunk of chunks) {
        onRead?.(chunk.length);
        yield chunk;
      }
    };
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    if (!isGzip && file.endsWith('.gz')) {
      throw new JambalayaError('format', { file, expected: 'a gzip file', found: 'other first bytes' });
    }
    yield* isGzip ? gunzip(file, rest()) : rest();
  } catch (error) {
    throw fileError(file, 'read', error);
  } finally {
    raw.destroy();
  }
}

async function* gunzip(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const unpacked = pipeline(chunks, createGunzip({ chunkSize: chunkBytes }), () => {});
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (!code.startsWith('Z_')) throw cause;
    const found = code === 'Z_BUF_ERROR' ? 'a file that ends before its data does' : (cause as Error).message;
    throw new JambalayaError(
      'format',
      { file, expected: 'a whole gzip file', found },
      { hint: 'Download or copy the file again.', cause },
    );
  }
}

/** Bytes of each file. */
export async function fileSizes(files: readonly string[]): Promise<number[]> {
  return Promise.all(
    files.map(async (file) => {
      const stats = await stat(file).catch((error: unknown) => {
        throw fileError(file, 'read', error);
      });
      return stats.size;
    }),
  );
}

export const joinPath = (folder: string, name: string): string => join(folder, name);
