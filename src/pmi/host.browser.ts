/** The browser's twin of `host.node.ts`: there are no folders in a browser, so every function says so. */
import { JambalayaError } from '../errors/index.js';
import type { CountFilesOptions, CountResult } from './counting/options.js';
import type { Counts } from './counts.js';
import type { MaskingList } from './list.js';
import type { PmiVocabulary } from './vocabulary.js';

function noFolders(): never {
  throw new JambalayaError(
    'unavailable',
    { what: 'a file of n-grams', reason: 'this is a browser' },
    { hint: 'Use countInMemory and parseList.' },
  );
}

export async function countFiles(_options: CountFilesOptions): Promise<CountResult> {
  return noFolders();
}

export async function openCounts(_folder: string): Promise<Counts> {
  return noFolders();
}

export async function readList(_path: string): Promise<MaskingList> {
  return noFolders();
}

export async function writeList(_path: string, _vocabulary: PmiVocabulary): Promise<void> {
  noFolders();
}
