/** The browser's twin of `host.node.ts`: there are no paths in a browser, so every function says so. */
import { JambalayaError } from '../errors/index.js';
import type { RunFolder } from './runFolder.js';

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
export async function openRunFolder(_path: string): Promise<RunFolder> {
  return noPaths();
}

export async function plotLibrary(): Promise<{ readonly script: string; readonly style: string }> {
  return noPaths();
}

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
