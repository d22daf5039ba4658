/** The browser's twin of `host.node.ts`: there are no paths in a browser, so every function says so. */
import { JambalayaError } from '../errors/index.js';

function noPaths(): never {
  throw new JambalayaError(
    'unavailable',
    { what: 'a file path', reason: 'this is a browser' },
    { hint: 'Prepare training data in Node.' },
  );
}

export async function expandFiles(_patterns: readonly string[], _root?: string): Promise<string[]> {
  return noPaths();
}

// biome-ignore lint/correctness/useYield: there is nothing to give
export async function* readBytes(_file: string, _onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  noPaths();
}
