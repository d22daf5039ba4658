/** The browser's twin of `host.node.ts`: there are no paths in a browser, so every function says so. */
import { JambalayaError } from '../errors/index.js';
import type { EncodedTokens, TokenFile } from './data/tokenFile.js';
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

// biome-ignore lint/correctness/useYield: it always throws; a generator only so that its type is that of the Node twin
export async function* readBytes(_file: string, _onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  noPaths();
}

export async function fileSizes(_files: readonly string[]): Promise<number[]> {
  return noPaths();
}

export const joinPath = (folder: string, name: string): string => `${folder}/${name}`;

export function hashOfTexts(_texts: readonly string[]): string {
  return noPaths();
}

export async function hashOfFile(_file: string): Promise<string> {
  return noPaths();
}

export class DocumentHash {
  add(_text: string): this {
    return noPaths();
  }

  finish(): number {
    return noPaths();
  }
}

export async function openTokenFile(_path: string, _key: string): Promise<TokenFile | undefined> {
  return noPaths();
}

export class TokenFileWriter {
  readonly tokens = 0;
  readonly documents = 0;

  static async create(_path: string, _key: string, _tokenBytes: Uint16Array): Promise<TokenFileWriter> {
    return noPaths();
  }

  async add(_tokens: EncodedTokens): Promise<void> {
    noPaths();
  }

  endDocument(_hash: number): void {
    noPaths();
  }

  async finish(): Promise<void> {
    noPaths();
  }

  async abandon(): Promise<void> {
    noPaths();
  }
}

export async function openRunFolder(_path: string): Promise<RunFolder> {
  return noPaths();
}

export function folderOf(_file: string): string {
  return noPaths();
}

export function pathBeside(_file: string, _path: string): string {
  return noPaths();
}

export function pathIn(_folder: string, _name: string): string {
  return noPaths();
}

export function tokenCacheFolder(): string {
  return noPaths();
}

export async function plotLibrary(): Promise<{ readonly script: string; readonly style: string }> {
  return noPaths();
}

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
