/** One file from a hub into the blobs of the cache: resumed where an earlier run stopped, checked, then renamed. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JambalayaError } from '../../../errors/index.js';
import { fileError } from '../../file-error.js';
import { isHeld, tryLock } from '../../files/lock.host.node.js';
import type { FileLock } from '../../lock.js';
import { countOf, shownName } from '../../phrases.js';
import type { ProgressMeter } from '../progress.js';
import {
  type HubAccess,
  type HubAnswer,
  hubRequest,
  Interruption,
  lostConnection,
  refused,
  watchConnection,
  withRetries,
} from '../request.js';

const pollMilliseconds = 200;

export interface BlobToFetch {
  /** What messages call it: the file's name in the repository. */
  readonly file: string;
  readonly url: string;
  readonly commit: string;
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal: SHA-256 of a large file (64 digits), git's SHA-1 of any other (40 digits). */
  readonly hash: string;
  /** Where it goes; it grows as `path.incomplete`. */
  readonly path: string;
}

/** Bytes that came over the network, and bytes that were here already. */
export interface BlobBytes {
  readonly downloaded: number;
  readonly reused: number;
}

/**
 * Fetches a blob unless it is here.
 *
 * @throws `download` if the server refuses, gives up, or sends something of another size or hash (the partial file is
 * deleted then); `file` if the disk refuses; `aborted` if the caller stops (the partial file is kept)
 */
export async function fetchBlob(access: HubAccess, blob: BlobToFetch, meter: ProgressMeter): Promise<BlobBytes> {
  const here: BlobBytes = { downloaded: 0, reused: blob.size };
  if (await isHere(blob)) return here;

  const partial = `${blob.path}.incomplete`;
  try {
    await mkdir(dirname(partial), { recursive: true });
    await using _ = await turn(access, `${blob.path}.lock`);
    // Whoever had the lock may have fetched it.
    if (await isHere(blob)) return here;
    const transfer = await openTransfer(blob, partial);
    try {
      const reused = transfer.position;
      meter.at(reused, 0);
      if (reused < blob.size) {
        const receive = () => receiveRest(access, blob, transfer, meter);
        await withRetries(access, blob.file, receive, () => transfer.position);
      }
      const hash = transfer.hash.digest('hex');
      if (hash !== blob.hash) throw unlike(blob, `hash ${blob.hash}`, hash);
      await transfer.handle.sync();
      return await finish(transfer, partial, blob.path, reused);
    } finally {
      await transfer.handle.close();
    }
  } catch (error) {
    if (error instanceof Unlike) {
      await rm(partial, { force: true });
      throw error.cause;
    }
    throw fileError(blob.path, 'write', error);
  }
}

const isHere = async ({ path, size }: BlobToFetch) => {
  const present = await stat(path).catch(() => undefined);
  return present?.isFile() === true && present.size === size;
};

/** Waits until no other process fetches the blob: two that write to one file would spoil it. */
async function turn({ signal, what }: HubAccess, path: string): Promise<FileLock> {
  for (;;) {
    const taken = await tryLock(path);
    if (isHeld(taken)) return taken;
    if (signal?.aborted) throw new JambalayaError('aborted', { what });
    await pause(pollMilliseconds);
  }
}

/** A file that grows, with the hash of what it has so far. */
interface Transfer {
  readonly handle: FileHandle;
  hash: Hash;
  position: number;
  downloaded: number;
}

async function openTransfer(blob: BlobToFetch, partial: string): Promise<Transfer> {
  const handle = await open(partial, (await stat(partial).catch(() => undefined)) === undefined ? 'w' : 'r+');
  const transfer = { handle, hash: newHash(blob), position: 0, downloaded: 0 };
  try {
    const { size } = await handle.stat();
    if (size > blob.size) await restart(blob, transfer);
    else if (size > 0) {
      for await (const chunk of createReadStream(partial)) transfer.hash.update(chunk as Buffer);
      transfer.position = size;
    }
    return transfer;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** SHA-256 of the content, or git's name of it: SHA-1 of `blob SIZE\0` and the content. */
function newHash({ hash, size }: BlobToFetch): Hash {
  return hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

async function restart(blob: BlobToFetch, transfer: Transfer): Promise<void> {
  await transfer.handle.truncate(0);
  transfer.position = 0;
  transfer.hash = newHash(blob);
}

async function receiveRest(
  access: HubAccess,
  blob: BlobToFetch,
  transfer: Transfer,
  meter: ProgressMeter,
): Promise<void> {
  const watch = watchConnection(access);
  try {
    // A compressed body would have other sizes and ranges than the file.
    const range: Record<string, string> = transfer.position > 0 ? { range: `bytes=${transfer.position}-` } : {};
    const headers = { 'accept-encoding': 'identity', ...range };
    const answer = await hubRequest(access, blob.file, blob.url, headers, watch);
    const start = rangeStart(blob, answer);
    if (start !== transfer.position) await restart(blob, transfer);
    if (start !== 0 && transfer.position === 0) throw new Interruption('the server sent another range than asked for');

    const { body, url } = answer.response;
    if (body === null) throw new Interruption('the answer has no body');
    const chunks = body[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw lostConnection(blob.file, new URL(url), watch.signal.reason ?? error);
      });
      if (next.done) break;
      watch.alive();
      await append(blob, transfer, next.value);
      meter.at(transfer.position, next.value.length);
    }
    // A connection that breaks is an error of the stream; here the server says that this is all.
    if (transfer.position < blob.size) {
      throw unlike(blob, countOf(blob.size, 'byte'), countOf(transfer.position, 'byte'));
    }
  } finally {
    watch.end();
  }
}

/** Checks what the response says of the file before its body is read; where the body starts in the file. */
function rangeStart(blob: BlobToFetch, answer: HubAnswer): number {
  const { response, etag, size, commit } = answer;
  // The range that was asked for begins beyond what the server has, or it knows no ranges: start over.
  if (response.status === 416) return 0;
  if (response.status !== 200 && response.status !== 206) throw refused(blob.file, answer);
  if (commit !== undefined && commit !== blob.commit) throw unlike(blob, `commit ${blob.commit}`, commit);
  const linked = etag?.replace(/^W\//, '').replaceAll('"', '');
  if (linked !== undefined && linked !== blob.hash) throw unlike(blob, `hash ${blob.hash}`, linked);

  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const whole = response.status === 206 ? range?.[2] : contentLength(response);
  for (const stated of [size, whole]) {
    if (stated === undefined || stated === '*') continue;
    if (Number(stated) !== blob.size) throw unlike(blob, countOf(blob.size, 'byte'), `${stated} bytes`);
  }
  return response.status === 206 ? Number(range?.[1]) : 0;
}

function contentLength(response: Response): string | undefined {
  // Of a compressed body the length says nothing about the file.
  if (response.headers.has('content-encoding')) return undefined;
  return response.headers.get('content-length') ?? undefined;
}

/** Writes at the position rather than at the end: another program that knows no lock then writes the same bytes there. */
async function append(blob: BlobToFetch, transfer: Transfer, chunk: Uint8Array): Promise<void> {
  if (transfer.position + chunk.length > blob.size) throw unlike(blob, countOf(blob.size, 'byte'), 'more');
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await transfer.handle.write(chunk, done, chunk.length - done, transfer.position + done);
    done += bytesWritten;
  }
  transfer.hash.update(chunk);
  transfer.position += chunk.length;
  transfer.downloaded += chunk.length;
}

async function finish(transfer: Transfer, partial: string, path: string, reused: number): Promise<BlobBytes> {
  await rename(partial, path).catch(async (error: unknown) => {
    // Another program that fetched the same blob was first.
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw error;
  });
  return { downloaded: transfer.downloaded, reused };
}

/** What arrives is not what the hub listed; carries the error for the caller. */
class Unlike extends Error {}

function unlike(blob: BlobToFetch, expected: string, found: string): Unlike {
  const reason = `expected ${expected}, found ${shownName(found)}; the partial file was deleted`;
  const hint = 'Run the same command again; if it fails in the same way, the server or a proxy changes the file.';
  return new Unlike('', { cause: new JambalayaError('download', { file: blob.file, reason }, { hint }) });
}
