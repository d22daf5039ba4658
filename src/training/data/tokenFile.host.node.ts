/** Token files on disk: written as a stream beside their place and renamed, mapped when they are read. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mapFile } from '../../devices/index.js';
import { JambalayaError } from '../../errors/index.js';
import { fileError, newPartial, openFile, readSafetensors, type StoredDType } from '../../formats/index.js';
import {
  type EncodedTokens,
  encodeHead,
  headBytes,
  layoutText,
  type StoredBytes,
  TokenFile,
  tokenFileFormat,
} from './tokenFile.js';

/** Ids that are collected before they are written. */
const bufferedIds = 2 ** 18;
/** Bytes that are hashed at a time. */
const hashedBytes = 2 ** 22;

const sha256 = () => createHash('sha256');

/** The SHA-256 of texts in hex; each is hashed with its length, so that no two lists have the same. */
export function hashOfTexts(texts: readonly string[]): string {
  const hash = sha256();
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest('hex');
}

/** The SHA-256 of a file in hex. */
export async function hashOfFile(file: string, onRead?: (bytes: number) => void): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const hash = sha256();
    for await (const chunk of handle.createReadStream({ highWaterMark: 2 ** 20 })) {
      hash.update(chunk as Buffer);
      onRead?.((chunk as Buffer).length);
    }
    return hash.digest('hex');
  } catch (error) {
    throw fileError(file, 'read', error);
  } finally {
    await handle?.close().catch(() => {});
  }
}

/** The first 32 bits of the SHA-256 of a text that comes in pieces. */
export class DocumentHash {
  readonly #hash: Hash = sha256();

  add(text: string): this {
    this.#hash.update(text);
    return this;
  }

  finish(): number {
    return this.#hash.digest().readUInt32BE(0);
  }
}

/** Bytes of a file, mapped where the native addon is there, else read as they are asked for. */
export function openStoredBytes(path: string): StoredBytes {
  const mapped = mapFile(path);
  if (mapped !== undefined) {
    const read = (offset: number, length: number) => mapped.subarray(offset, offset + length);
    return { size: mapped.length, isMapped: true, read, close: () => {} };
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw fileError(path, 'read', error);
  }
  return {
    size: fstatSync(descriptor).size,
    isMapped: false,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const count = readSync(descriptor, bytes, done, length - done, offset + done);
        if (count === 0) {
          throw new JambalayaError('format', { file: path, expected: 'the size it had', found: 'a shorter file' });
        }
        done += count;
      }
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * Opens a token file that was made from what `key` stands for, after a look at every byte of it. Undefined if there is none, or one
 * that was made from something else.
 *
 * @throws `format` for a file that is damaged or no token file
 */
export async function openTokenFile(path: string, key: string): Promise<TokenFile | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const source = await openFile(path);
  const { metadata, tensors } = await readSafetensors(source).finally(() => source.close());
  const fail = (expected: string, found: string) => new JambalayaError('format', { file: path, expected, found });
  if (metadata.format !== tokenFileFormat)
    throw fail(`a token file (${tokenFileFormat})`, metadata.format ?? 'another');
  if (metadata.key !== key) return undefined;
  const bytes = openStoredBytes(path);
  const hash = sha256();
  for (let at = headBytes; at < bytes.size; at += hashedBytes) {
    hash.update(bytes.read(at, Math.min(hashedBytes, bytes.size - at)));
  }
  if (hash.update(layoutText(tensors.values())).digest('hex') !== metadata.sha256) {
    bytes.close();
    throw fail('the bytes that were written', 'others: the file is damaged');
  }
  return new TokenFile(path, key, bytes, tensors);
}

/** Writes a token file piece by piece. Whoever looks at its path meanwhile sees the old file or none. */
export class TokenFileWriter {
  readonly #handle: FileHandle;
  readonly #hash = sha256();
  readonly #wide: boolean;
  #buffer: Uint16Array | Int32Array;
  #buffered = 0;
  #tokens = 0;
  readonly #starts: number[] = [0];
  readonly #hashes: number[] = [];
  #learned: number[] | undefined;
  #written = headBytes;

  /** @throws `file` if the disk refuses, as all functions do; then call `abandon` */
  static async create(path: string, key: string, tokenBytes: Uint16Array): Promise<TokenFileWriter> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const partial = await newPartial(path);
      return new TokenFileWriter(path, partial, key, tokenBytes, await open(partial, 'wx'));
    } catch (error) {
      throw fileError(path, 'write', error);
    }
  }

  private constructor(
    readonly path: string,
    private readonly partial: string,
    private readonly key: string,
    private readonly tokenBytes: Uint16Array,
    handle: FileHandle,
  ) {
    this.#handle = handle;
    this.#wide = tokenBytes.length > 2 ** 16;
    this.#buffer = this.#wide ? new Int32Array(bufferedIds) : new Uint16Array(bufferedIds);
  }

  get tokens(): number {
    return this.#tokens;
  }

  get documents(): number {
    return this.#hashes.length;
  }

  async add({ ids, learned }: EncodedTokens): Promise<void> {
    if (learned !== undefined) this.#addLearned(learned);
    for (let i = 0; i < ids.length; i++) {
      this.#buffer[this.#buffered++] = ids[i]!;
      if (this.#buffered === bufferedIds) await this.#flush();
    }
    this.#tokens += ids.length;
  }

  /** Ends a document. */
  endDocument(hash: number): void {
    this.#starts.push(this.#tokens);
    this.#hashes.push(hash);
  }

  /** Puts the file in its place. */
  async finish(): Promise<void> {
    const width = this.#buffer.BYTES_PER_ELEMENT;
    const padded = (Math.ceil((this.#tokens * width) / 8) * 8) / width;
    for (let i = this.#tokens; i < padded; i++) this.#buffer[this.#buffered++] = 0;
    const positions = (values: readonly number[]) => BigInt64Array.from(values, BigInt);
    const learned = this.#learned;
    const index: [string, StoredDType, number[], ArrayBufferView][] = [
      ['documents', 'I64', [this.#starts.length], positions(this.#starts)],
      ...(learned === undefined
        ? []
        : [
            ['learned', 'I64', [learned.length / 2, 2], positions(learned)] satisfies [
              string,
              StoredDType,
              number[],
              ArrayBufferView,
            ],
          ]),
      ['hashes', 'U32', [this.#hashes.length], Uint32Array.from(this.#hashes)],
      ['token_bytes', 'U16', [this.tokenBytes.length], this.tokenBytes],
    ];
    const ids = { name: 'ids', dtype: this.#wide ? 'I32' : 'U16', shape: [padded], bytes: padded * width } as const;
    const tensors = index.map(([name, dtype, shape, { byteLength }]) => ({ name, dtype, shape, bytes: byteLength }));
    await this.#flush();
    for (const [, , , values] of index) {
      await this.#write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    const all = [ids, ...tensors];
    const digest = this.#hash.update(layoutText(all)).digest('hex');
    const head = encodeHead(all, { format: tokenFileFormat, key: this.key, sha256: digest });
    try {
      await this.#handle.write(head, 0, headBytes, 0);
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.partial, this.path);
    } catch (error) {
      throw fileError(this.path, 'write', error);
    }
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.partial, { force: true });
  }

  #addLearned(learned: readonly boolean[]): void {
    this.#learned ??= [];
    for (let i = 0; i < learned.length; i++) {
      if (!learned[i]) continue;
      const begin = i;
      while (i + 1 < learned.length && learned[i + 1]) i++;
      this.#learned.push(this.#tokens + begin, this.#tokens + i + 1);
    }
  }

  async #flush(): Promise<void> {
    const { buffer, BYTES_PER_ELEMENT } = this.#buffer;
    await this.#write(new Uint8Array(buffer, 0, this.#buffered * BYTES_PER_ELEMENT));
    this.#buffered = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    } catch (error) {
      throw fileError(this.path, 'write', error);
    }
  }
}
