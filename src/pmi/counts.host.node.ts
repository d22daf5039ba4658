/** Reads the folder of counts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { fileError } from '../formats/index.js';
import { Counts, NgramRows } from './counts.js';
import { type CountsManifest, manifestName, parseManifest } from './countsFile.js';

/** The manifest of a folder, or undefined if it has none yet. */
export async function readManifest(folder: string): Promise<CountsManifest | undefined> {
  const file = join(folder, manifestName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(file, 'read', error);
  }
  return parseManifest(text, file);
}

/** @throws `file` and `format` if the folder has no counts, or their files are not whole */
export async function openCounts(folder: string): Promise<Counts> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) {
    throw new JambalayaError(
      'file',
      { file: join(folder, manifestName), operation: 'read', reason: 'no such file' },
      {
        hint: 'Make the folder with `jambalaya pmi count FILES… --out DIR`; give that command again if it was stopped.',
      },
    );
  }
  const read = async (name: string, length: number) => {
    const file = join(folder, name);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw fileError(file, 'read', error);
    });
    if (bytes.length !== 4 * length) throw damaged(file, `${4 * length} bytes`, `${bytes.length}`);
    return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const file = join(folder, 'words.txt');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(file, 'read', error);
  });
  const words = text.split('\n').slice(0, -1);
  const [count] = manifest.ngrams;
  if (words.length !== count) throw damaged(file, `${count} words`, `${words.length}`);
  const wordCounts = await read('1.bin', words.length);
  const rows = [
    new NgramRows(
      1,
      Uint32Array.from({ length: 2 * words.length }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : wordCounts[i >> 1]!)),
    ),
  ];
  for (const n of [2, 3, 4, 5]) {
    const values = await read(`${n}.bin`, (n + 1) * manifest.ngrams[n - 1]!);
    for (let i = 0; i < values.length; i++) {
      if (i % (n + 1) < n && (values[i]! < 1 || values[i]! > words.length))
        throw damaged(join(folder, `${n}.bin`), 'ranks of words', `${values[i]}`);
    }
    rows.push(new NgramRows(n, values));
  }
  return new Counts(manifest, words, rows);
}

const damaged = (file: string, expected: string, found: string) =>
  new JambalayaError('format', { file, expected, found }, { hint: 'Count again into another folder.' });
