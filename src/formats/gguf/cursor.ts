/** Reads the head of a GGUF file from front to back, some bytes at a time: nothing says beforehand how long it is. */
import { JambalayaError } from '../../errors/index.js';
import { countOf } from '../phrases.js';
import type { ByteSource } from '../source.js';

const windowBytes = 1 << 16;

export class GgufCursor {
  private window: DataView = new DataView(new ArrayBuffer(0));
  /** File offset of the window's first byte. */
  private start = 0;
  private at = 0;

  constructor(private readonly source: ByteSource) {}

  /** Offset in the file of the byte that is read next. */
  get offset(): number {
    return this.start + this.at;
  }

  /** Bytes from here to the end of the file. */
  get remaining(): number {
    return this.source.size - this.offset;
  }

  /** A view with `length` bytes at `position`; both move on. The view is good until the next call. */
  async take(length: number): Promise<{ view: DataView; position: number }> {
    if (this.at + length > this.window.byteLength) await this.refill(length);
    const position = this.at;
    this.at += length;
    return { view: this.window, position };
  }

  async u32(): Promise<number> {
    const { view, position } = await this.take(4);
    return view.getUint32(position, true);
  }

  async u64(): Promise<bigint> {
    const { view, position } = await this.take(8);
    return view.getBigUint64(position, true);
  }

  /** A number of things that take at least `bytesEach` in what is left of the file. */
  async count(what: string, limit: number, bytesEach: number): Promise<number> {
    const count = await this.u64();
    if (count > BigInt(limit)) throw this.error(`at most ${limit} ${what}`, `${count}`);
    if (Number(count) * bytesEach > this.remaining) {
      throw this.error(`${what} that fit ${countOf(this.remaining, 'byte')}`, `${count} of them`);
    }
    return Number(count);
  }

  /** The bytes of a string; a view, good until the next call. */
  async string(what: string, limit: number): Promise<Uint8Array> {
    const length = await this.count(`bytes of ${what}`, limit, 1);
    const { view, position } = await this.take(length);
    return new Uint8Array(view.buffer, view.byteOffset + position, length);
  }

  /** So many texts. A vocabulary has hundreds of thousands: those that the window holds whole cost no turn of the loop. */
  async texts(what: string, limit: number, count: number): Promise<string[]> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const texts: string[] = [];
    for (let i = 0; i < count; i++) {
      texts.push(decoder.decode(this.stringInWindow(limit) ?? (await this.string(what, limit))));
    }
    return texts;
  }

  private stringInWindow(limit: number): Uint8Array | undefined {
    const { window, at } = this;
    const begin = at + 8;
    if (begin > window.byteLength) return undefined;
    const length = window.getUint32(at, true);
    const whole = window.getUint32(at + 4, true) === 0 && length <= limit && begin + length <= window.byteLength;
    if (!whole) return undefined;
    this.at = begin + length;
    return new Uint8Array(window.buffer, window.byteOffset + begin, length);
  }

  error(expected: string, found: string): JambalayaError<'format'> {
    return new JambalayaError('format', { file: this.source.name, expected, found });
  }

  private async refill(length: number): Promise<void> {
    const { offset, remaining } = this;
    if (length > remaining) {
      const found = `a file of ${countOf(this.source.size, 'byte')}`;
      throw this.error(`${countOf(length, 'byte')} at offset ${offset}`, found);
    }
    const bytes = await this.source.read(offset, Math.min(remaining, Math.max(length, windowBytes)));
    this.window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = offset;
    this.at = 0;
  }
}
