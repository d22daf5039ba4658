/** `index.json`: which segments an index consists of, and which file's passages are where. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { fileError, writeFileAtomically } from '../formats/index.js';
import type { RowFields } from './documents/jsonLines.js';
import { termsVersion } from './terms.js';

export const manifestName = 'index.json';
const format = 'jambalaya index 1';

/** What decides about the passages; another index is made where they differ. */
export interface IndexSettings {
  readonly passageWords: number;
  readonly fields: RowFields;
}

/** Passages [first, first + count) of a segment. */
export interface PassageRange {
  readonly segment: string;
  readonly first: number;
  readonly count: number;
}

export interface IndexedFile {
  /** Bytes. */
  readonly size: number;
  /** When it was last changed, in nanoseconds; empty if it was changed while it was read. */
  readonly modified: string;
  /** Terms of all its passages. */
  readonly terms: number;
  readonly ranges: readonly PassageRange[];
}

export interface Manifest {
  readonly format: string;
  readonly termsVersion: number;
  readonly settings: IndexSettings;
  /** The next segment's number. */
  readonly next: number;
  /** Segment files. */
  readonly segments: readonly string[];
  /** By path relative to the folder. */
  readonly files: Readonly<Record<string, IndexedFile>>;
}

export const newManifest = (settings: IndexSettings): Manifest => ({
  format,
  termsVersion,
  settings,
  next: 1,
  segments: [],
  files: {},
});

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(manifest);
  await writeFileAtomically(join(folder, manifestName), `{"sha256":"${digest(text)}","index":${text}}\n`);
}

/**
 * The manifest of an index folder, or undefined if there is none.
 *
 * @throws `format` if it is damaged or of another version
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, manifestName);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw fileError(file, 'read', error);
  });
  if (text === undefined) return undefined;
  const [, sha256, body] = /^\{"sha256":"([0-9a-f]{64})","index":([\s\S]*)\}\n$/.exec(text) ?? [];
  const fail = (expected: string, found: string) =>
    new JambalayaError(
      'format',
      { file, expected, found },
      { hint: 'Run npx jambalaya index on the folder again: it makes the index anew.' },
    );
  if (body === undefined || digest(body) !== sha256) throw fail('the index that was written', 'a damaged one');
  const manifest = JSON.parse(body) as Manifest;
  if (manifest.format === format && manifest.termsVersion === termsVersion) return manifest;
  throw fail(
    `an index of this version (${format}, terms ${termsVersion})`,
    `${manifest.format}, terms ${manifest.termsVersion}`,
  );
}

/** For each segment which passages are in the index: (P) 1 or 0. */
export function livePassages(
  { files }: Pick<Manifest, 'files'>,
  passages: ReadonlyMap<string, number>,
): ReadonlyMap<string, Uint8Array> {
  const live = new Map([...passages].map(([segment, count]) => [segment, new Uint8Array(count)]));
  for (const { ranges } of Object.values(files)) {
    for (const { segment, first, count } of ranges) live.get(segment)?.fill(1, first, first + count);
  }
  return live;
}
