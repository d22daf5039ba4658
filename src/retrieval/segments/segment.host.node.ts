/** Reads a segment: terms and passages are fetched from disk when they are asked for. */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';
import { ByteReader } from '../bytes.js';
import type { Passage } from '../passage.js';
import { decodePassage, headText, type Section, type SegmentFooter, tailBytes, tailText } from './layout.js';

/** One term of a segment. */
export interface TermEntry {
  readonly term: string;
  /** Passages that have it. */
  readonly passages: number;
  readonly postings: Section;
}

export class Segment {
  /** (P) Terms of each passage. */
  readonly lengths: Uint32Array;

  static async open(path: string): Promise<Segment> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const { size } = await handle.stat();
      const bytes = await readBytes(path, handle, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
      const tail = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      if (bytes.length < tailBytes || new TextDecoder().decode(bytes.subarray(8)) !== tailText)
        throw damaged(path, 'its end');
      const length = tail.getUint32(0, true);
      if (length + tailBytes + headText.length > size) throw damaged(path, 'the length of its footer');
      const footer = { offset: size - tailBytes - length, bytes: length, crc: tail.getUint32(4, true) };
      const json = await readSection(path, handle, footer, 'its footer');
      const parsed = JSON.parse(new TextDecoder().decode(json)) as SegmentFooter;
      const lengths = await readSection(path, handle, parsed.lengths, 'the lengths of its passages');
      return new Segment(path, size, handle, parsed, new Uint32Array(lengths.slice().buffer));
    } catch (error) {
      await handle?.close();
      throw fileError(path, 'read', error);
    }
  }

  private constructor(
    readonly path: string,
    readonly bytes: number,
    private readonly handle: FileHandle,
    private readonly footer: SegmentFooter,
    lengths: Uint32Array,
  ) {
    this.lengths = lengths;
  }

  get passages(): number {
    return this.footer.passages;
  }

  /** The term, if any passage has it. */
  async find(term: string): Promise<TermEntry | undefined> {
    const { blocks } = this.footer;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (blocks[middle]!.first <= term) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    for (const entry of await this.#block(low - 1)) if (entry.term === term) return entry;
    return undefined;
  }

  /** All terms, in rising order. */
  async *terms(): AsyncGenerator<TermEntry> {
    for (let i = 0; i < this.footer.blocks.length; i++) yield* await this.#block(i);
  }

  /** The passages that have a term, in rising order, as a list that is read from its beginning. */
  async postings({ postings, term }: TermEntry): Promise<Postings> {
    return new Postings(await readSection(this.path, this.handle, postings, `the passages of "${term}"`));
  }

  async passage(number: number): Promise<Passage> {
    const { offsets } = this.footer;
    const place = new Float64Array(
      (await readBytes(this.path, this.handle, offsets.offset + 8 * number, 16)).slice().buffer,
    );
    const [begin = 0, end = 0] = place;
    const what = `passage ${number}`;
    if (
      !(
        Number.isSafeInteger(begin) &&
        Number.isSafeInteger(end) &&
        begin >= headText.length &&
        end - begin > 8 &&
        end <= offsets.offset
      )
    )
      throw damaged(this.path, what);
    const bytes = await readBytes(this.path, this.handle, begin, end - begin);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const record = bytes.subarray(8, 8 + view.getUint32(0, true));
    if (crc32(record) !== view.getUint32(4, true)) throw damaged(this.path, what);
    const decoded = decodePassage(record);
    if (decoded.number !== number) throw damaged(this.path, what);
    return decoded.passage;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async #block(index: number): Promise<TermEntry[]> {
    const block = this.footer.blocks[index]!;
    const bytes = new ByteReader(await readSection(this.path, this.handle, block, `terms from "${block.first}" on`));
    const entries: TermEntry[] = [];
    let offset = block.postings;
    while (!bytes.isAtEnd) {
      const term = new TextDecoder().decode(bytes.raw(bytes.number()));
      const passages = bytes.number();
      const length = bytes.number();
      const crc = bytes.raw(4);
      const view = new DataView(crc.buffer, crc.byteOffset, 4);
      entries.push({ term, passages, postings: { offset, bytes: length, crc: view.getUint32(0, true) } });
      offset += length;
    }
    return entries;
  }
}

/** The list of one term. */
export class Postings {
  passage = -1;
  times = 0;
  readonly #reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new ByteReader(bytes);
  }

  /** Moves on to the next passage; false at the end. */
  next(): boolean {
    if (this.#reader.isAtEnd) return false;
    const coded = this.#reader.number();
    this.passage += coded >>> 1;
    this.times = (coded & 1) === 1 ? 1 : this.#reader.number();
    return true;
  }
}

async function readSection(path: string, handle: FileHandle, section: Section, what: string): Promise<Uint8Array> {
  const bytes = await readBytes(path, handle, section.offset, section.bytes);
  if (crc32(bytes) !== section.crc) throw damaged(path, what);
  return bytes;
}

async function readBytes(path: string, handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw damaged(path, 'its length');
      done += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw fileError(path, 'read', error);
  }
}

function damaged(file: string, what: string): JambalayaError<'format'> {
  return new JambalayaError(
    'format',
    { file, expected: 'the bytes that were written', found: `others: ${what} is damaged` },
    { hint: 'Run npx jambalaya index on the folder again: it makes anew what is damaged.' },
  );
}
