/** The browser's twin of `host.node.ts`: there are no folders in a browser, so every function says so. */
import { JambalayaError } from '../errors/index.js';
import type { CountFilesOptions, CountResult } from './counting/options.js';

function noFolders(): never {
  throw new JambalayaError(
    'unavailable',
    { what: 'a folder of counts', reason: 'this is a browser' },
    { hint: 'Use countInMemory.' },
  );
}

export async function countFiles(_options: CountFilesOptions): Promise<CountResult> {
  return noFolders();
}
