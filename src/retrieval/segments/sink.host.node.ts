/** Writes a segment in the order of its parts: all passages, then all terms. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { fileError, newPartial } from '../../formats/index.js';
import { ByteWriter } from '../bytes.js';
import type { Passage } from '../passage.js';
import {
  blockTerms,
  encodePassage,
  headText,
  type SegmentFooter,
  type TermBlock,
  tailBytes,
  tailText,
} from './layout.js';

const bufferedBytes = 1 << 20;

export class SegmentSink {
  #handle: FileHandle;
  #written = 0;
  readonly #buffer = new ByteWriter();
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  #totalLength = 0;
  readonly #blocks: TermBlock[] = [];
  /** The block that grows; blocks follow all postings. */
  readonly #block = new ByteWriter();
  readonly #finished: { block: Uint8Array; first: string; postings: number }[] = [];
  #first = '';
  #postings = 0;
  #terms = 0;

  static async create(path: string): Promise<SegmentSink> {
    try {
      const partial = await newPartial(path);
      const sink = new SegmentSink(path, partial, await open(partial, 'wx'));
      await sink.#write(new TextEncoder().encode(headText));
      return sink;
    } catch (error) {
      throw fileError(path, 'write', error);
    }
  }

  private constructor(
    readonly path: string,
    private readonly partial: string,
    handle: FileHandle,
  ) {
    this.#handle = handle;
  }

  get passages(): number {
    return this.#lengths.length;
  }

  /** Where the next byte will be. */
  get #end(): number {
    return this.#written + this.#buffer.length;
  }

  /** @param length terms of it */
  async addPassage(passage: Passage, length: number): Promise<void> {
    const record = encodePassage(this.passages, passage);
    this.#offsets.push(this.#end);
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, record.length, true);
    head.setUint32(4, crc32(record), true);
    await this.#write(new Uint8Array(head.buffer));
    await this.#write(record);
    this.#lengths.push(length);
    this.#totalLength += length;
  }

  /** @param postings as they are stored; terms come in rising order */
  async addTerm(term: string, passages: number, postings: Uint8Array): Promise<void> {
    if (this.#terms % blockTerms === 0) {
      this.#endBlock();
      this.#first = term;
      this.#postings = this.#end;
    }
    this.#terms++;
    const utf8 = new TextEncoder().encode(term);
    const crc = new DataView(new ArrayBuffer(4));
    crc.setUint32(0, crc32(postings), true);
    this.#block.number(utf8.length);
    this.#block.raw(utf8);
    this.#block.number(passages);
    this.#block.number(postings.length);
    this.#block.raw(new Uint8Array(crc.buffer));
    await this.#write(postings);
  }

  /** Puts the segment in its place. Gives its bytes. */
  async finish(): Promise<number> {
    this.#endBlock();
    this.#offsets.push(this.#postingsStart());
    for (const { block, first, postings } of this.#finished) {
      this.#blocks.push({ first, postings, ...(await this.#section(block)) });
    }
    const offsets = await this.#section(new Uint8Array(Float64Array.from(this.#offsets).buffer));
    const lengths = await this.#section(new Uint8Array(Uint32Array.from(this.#lengths).buffer));
    const footer: SegmentFooter = {
      passages: this.passages,
      terms: this.#terms,
      totalLength: this.#totalLength,
      offsets,
      lengths,
      blocks: this.#blocks,
    };
    const json = new TextEncoder().encode(JSON.stringify(footer));
    await this.#write(json);
    const tail = new Uint8Array(tailBytes);
    new DataView(tail.buffer).setUint32(0, json.length, true);
    new DataView(tail.buffer).setUint32(4, crc32(json), true);
    tail.set(new TextEncoder().encode(tailText), 8);
    await this.#write(tail);
    await this.#flush();
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.partial, this.path);
    } catch (error) {
      throw fileError(this.path, 'write', error);
    }
    return this.#written;
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.partial, { force: true });
  }

  /** Where the passages end. */
  #postingsStart(): number {
    return this.#finished[0]?.postings ?? this.#end;
  }

  #endBlock(): void {
    if (this.#block.length === 0) return;
    this.#finished.push({ block: this.#block.bytes.slice(), first: this.#first, postings: this.#postings });
    this.#block.clear();
  }

  async #section(bytes: Uint8Array) {
    const section = { offset: this.#end, bytes: bytes.length, crc: crc32(bytes) };
    await this.#write(bytes);
    return section;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#buffer.raw(bytes);
    if (this.#buffer.length >= bufferedBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const { bytes } = this.#buffer;
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    } catch (error) {
      throw fileError(this.path, 'write', error);
    }
    this.#buffer.clear();
  }
}
