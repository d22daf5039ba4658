/** Model folders for a web page: files that a person chose, and a folder on a web server. */
import { JambalayaError } from '../errors/index.js';
import {
  type ByteSource,
  bytesSource,
  checkRange,
  type ModelFolder,
  missingFile,
  plainFileName,
  tableFolder,
} from './source.js';

/** A folder over blobs (for example the files of an `<input type="file">`) or bytes; blobs are read on demand. */
export function blobFolder(name: string, files: Readonly<Record<string, Blob | Uint8Array>>): ModelFolder {
  return tableFolder(name, files, (file, content) =>
    content instanceof Blob ? blobSource(file, content) : bytesSource(file, content),
  );
}

function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      checkRange({ name, size: blob.size }, offset, length);
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    },
    async close() {},
  };
}

/**
 * A folder below a URL, read with Range requests; a file that the server sends only whole is held in memory.
 *
 * A server has no portable way to list a folder: `list` is an `unavailable` error, and `has` asks for the file.
 */
export function urlFolder(base: string | URL): ModelFolder {
  const root = new URL(base);
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  const at = (file: string) => {
    const url = new URL(root);
    url.pathname += encodeURIComponent(plainFileName(file));
    return url;
  };
  return {
    name: root.href,
    async list() {
      throw new JambalayaError('unavailable', { what: 'a list of files', reason: `${root.href} is a URL` });
    },
    async has(file) {
      const response = await request(at(file), 'bytes=0-0');
      await response.body?.cancel();
      return response.status !== 404;
    },
    async open(file) {
      const url = at(file);
      const response = await request(url, 'bytes=0-0');
      if (response.status === 404) throw missingFile(url.href);
      if (response.status === 200) return bytesSource(url.href, new Uint8Array(await response.arrayBuffer()));
      await response.body?.cancel();
      return rangeSource(url, response);
    },
    within: (name) => urlFolder(at(name)),
  };
}

function rangeSource(url: URL, first: Response): ByteSource {
  const name = url.href;
  // `bytes 0-0/1234`; of an empty file status 416 and `bytes */0`.
  const size = Number(/\/(\d+)$/.exec(first.headers.get('content-range') ?? '')?.[1]);
  if (!Number.isSafeInteger(size) || (first.status === 416 && size !== 0)) {
    throw unreadable(name, 'the server does not say how large the file is');
  }
  return {
    name,
    size,
    async read(offset, length) {
      checkRange({ name, size }, offset, length);
      if (length === 0) return new Uint8Array(0);
      const response = await request(url, `bytes=${offset}-${offset + length - 1}`);
      const bytes = response.status === 206 ? new Uint8Array(await response.arrayBuffer()) : undefined;
      if (bytes?.length !== length) throw unreadable(name, 'the server did not send the range that was asked for');
      return bytes;
    },
    async close() {},
  };
}

/** A response of status 200, 206, 404 or 416; anything else is a `file` error. */
async function request(url: URL, range: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { range } });
  } catch (error) {
    throw unreadable(url.href, (error as Error).message);
  }
  if ([200, 206, 404, 416].includes(response.status)) return response;
  await response.body?.cancel();
  throw unreadable(url.href, `the server answered with status ${response.status}`);
}

function unreadable(file: string, reason: string): JambalayaError<'file'> {
  return new JambalayaError('file', { file, operation: 'read', reason });
}
