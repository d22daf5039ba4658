/** Lists on disk, with their side files. */
import { readFile } from 'node:fs/promises';
import { fileError, writeFileAtomically } from '../formats/index.js';
import { detailsName, listFiles, type MaskingList, parseList, scoresName } from './list.js';
import type { PmiVocabulary } from './vocabulary.js';

/** Reads a list, a released one too. @throws `file`, and what `parseList` throws */
export async function readList(path: string): Promise<MaskingList> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(path, 'read', error);
  });
  const details = await readFile(detailsName(path), 'utf8').catch(() => undefined);
  return parseList(text, path, details);
}

/** The list last: where it stands, its side files do. */
export async function writeList(path: string, vocabulary: PmiVocabulary): Promise<void> {
  const { list, scores, details } = listFiles(vocabulary);
  await writeFileAtomically(scoresName(path), scores);
  await writeFileAtomically(detailsName(path), details);
  await writeFileAtomically(path, list);
}
