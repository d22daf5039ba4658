/**
 * Where bytes come from: a file on disk, a buffer, a blob, a URL. Readers of formats see only these two interfaces.
 */
import { JambalayaError } from '../errors/index.js';
import { countOf, shown } from './phrases.js';

/** A file that can be read at any offset. */
export interface ByteSource {
  /** What error messages call it: its path, or its file name where it has no path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Its path on this machine, where it has one: a device may map the file. */
  readonly path?: string;
  /** A fresh copy of `length` bytes. Outside of [0, size) it is a `format` error: the file is shorter than it has to be. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The files of one model. Names are plain file names: nothing in a folder can lead out of it. */
export interface ModelFolder {
  /** What error messages call it: its path as it was given, or its name. */
  readonly name: string;
  list(): Promise<string[]>;
  has(file: string): Promise<boolean>;
  /** A missing file is a `file` error. */
  open(file: string): Promise<ByteSource>;
  /** The folder of this name in it, there or not; absent where folders do not nest. */
  within?(name: string): ModelFolder;
}

/** Whether `name` is the name of a file in a folder and cannot be read as a path, on any operating system. */
export function isPlainFileName(name: string): boolean {
  return name.length > 0 && name.length <= 255 && name !== '.' && name !== '..' && !/[/\\:\p{Cc}]/u.test(name);
}

/** `file` itself, or a `usage` error. */
export function plainFileName(file: string): string {
  if (isPlainFileName(file)) return file;
  throw new JambalayaError('usage', { argument: 'file', expected: 'a file name without a path', found: shown(file) });
}

/** `path` itself, or a `usage` error: callers in plain JavaScript get past the types. */
export function pathText(argument: string, path: string): string {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return path;
  throw new JambalayaError('usage', { argument, expected: 'a path as text', found: shown(path) });
}

/** Refuses a read that leaves the source. For authors of sources. */
export function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new JambalayaError('usage', {
      argument: 'read',
      expected: 'an offset and a length that are whole numbers from 0',
      found: `${offset} and ${length}`,
    });
  }
  if (offset + length > source.size) {
    throw new JambalayaError('format', {
      file: source.name,
      expected: `${countOf(length, 'byte')} at offset ${offset}`,
      found: `a file of ${countOf(source.size, 'byte')}`,
    });
  }
}

/** A source over bytes in memory. `bytes` is not copied; what `read` returns is. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    async read(offset, length) {
      checkRange({ name, size: bytes.byteLength }, offset, length);
      // Uint8Array.prototype.slice also where `bytes` is a Node Buffer, whose own slice would share memory.
      return Uint8Array.prototype.slice.call(bytes, offset, offset + length);
    },
    async close() {},
  };
}

/** A folder over files in memory. */
export function memoryFolder(name: string, files: Readonly<Record<string, Uint8Array>>): ModelFolder {
  return tableFolder(name, files, bytesSource);
}

/** A folder over a table of contents by file name; `open` makes a source of one, under its whole name. */
export function tableFolder<Content>(
  name: string,
  files: Readonly<Record<string, Content>>,
  open: (name: string, content: Content) => ByteSource,
): ModelFolder {
  const table = new Map(Object.entries(files));
  for (const file of table.keys()) plainFileName(file);
  return {
    name,
    async list() {
      return [...table.keys()].sort();
    },
    async has(file) {
      return table.has(plainFileName(file));
    },
    async open(file) {
      const content = table.get(plainFileName(file));
      if (content === undefined) throw missingFile(`${name}/${file}`);
      return open(`${name}/${file}`, content);
    },
  };
}

/** The error of a file that is not there. For authors of folders. */
export function missingFile(file: string): JambalayaError<'file'> {
  return new JambalayaError('file', { file, operation: 'read', reason: 'no such file' });
}
