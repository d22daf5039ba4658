/** The browser's twin of `host.node.ts`: an index is files, and a page has none. */
import { JambalayaError } from '../errors/index.js';
import type { IndexOptions, IndexReport, PassageIndex } from './options.js';

function noFiles(): never {
  throw new JambalayaError(
    'unavailable',
    { what: 'an index on disk', reason: 'this is a browser' },
    { hint: 'Search in Node, and send the passages to the page.' },
  );
}

export async function indexFolder(_folder: string, _options?: IndexOptions): Promise<IndexReport> {
  return noFiles();
}

export async function openIndex(
  _folder: string,
  _options?: { readonly index?: string | undefined },
): Promise<PassageIndex> {
  return noFiles();
}
