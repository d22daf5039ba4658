/**
 * The table of a SentencePiece normalizer: a trie of what is replaced, as a double array, and the replacements.
 *
 * As in the Rust library: a grapheme of less than six bytes is looked up whole, the characters of a longer one, or of one that is
 * not there, one by one; and what counts is the shortest beginning that the trie has.
 */
import type { Shape } from './shape.js';

/** Bytes up to which a grapheme is looked up as a whole. */
const wholeBytes = 6;

export class CharsMap {
  readonly #trie: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

  /** @throws `tokenizer` for what is no such table */
  constructor(shape: Shape, base64: string, where: string) {
    const bytes = bytesOf(base64) ?? shape.fail(`${where}: expected base64`);
    const size = bytes.length < 4 ? 0 : new DataView(bytes.buffer).getUint32(0, true);
    if (size === 0 || size % 4 !== 0 || size > bytes.length - 4)
      shape.fail(`${where}: expected a table of its own size`);
    this.#trie = new Uint32Array(bytes.slice(4, 4 + size).buffer);
    this.#texts = bytes.slice(4 + size);
  }

  /** Bytes of the longest replacement, the most that a text can grow per byte. */
  get longest(): number {
    let longest = 1;
    for (let start = 0, end = 0; end <= this.#texts.length; end++) {
      if (end < this.#texts.length && this.#texts[end] !== 0) continue;
      longest = Math.max(longest, end - start);
      start = end + 1;
    }
    return longest;
  }

  normalize(text: string): string {
    let out = '';
    for (const { segment } of this.#graphemes.segment(text)) {
      const whole = encoder.encode(segment);
      const found = whole.length < wholeBytes ? this.#lookUp(whole) : undefined;
      if (found !== undefined) out += found;
      else for (const char of segment) out += this.#lookUp(encoder.encode(char)) ?? char;
    }
    return out;
  }

  #lookUp(key: Uint8Array): string | undefined {
    const trie = this.#trie;
    let node = offsetOf(trie[0]!);
    for (const byte of key) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = trie[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) return this.#textAt((trie[node] ?? 0) & 0x7fffffff);
    }
    return undefined;
  }

  #textAt(start: number): string {
    const end = this.#texts.indexOf(0, start);
    return decoder.decode(this.#texts.subarray(start, end < 0 ? undefined : end));
  }
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
