/**
 * A segment: passages, and for each term the passages that have it. Written once as a stream, then only read.
 *
 *     head        8 bytes, `JBMSEG1\n`
 *     passages    for each: u32 length, u32 CRC-32, then JSON `[number, source, begin, end, line, title, id, text]`
 *     postings    for each term in rising order: for each passage the distance from the one before (from −1), times two, plus 1
 *                 if the term stands there once; else followed by how often
 *     terms       blocks of 64: for each term the length of its UTF-8, the UTF-8, how many passages, bytes of its postings, and
 *                 their CRC-32 in four bytes
 *     offsets     f64 (P + 1): where each passage begins, and where the last one ends
 *     lengths     u32 (P): terms of each passage
 *     footer      JSON: {@link SegmentFooter}
 *     tail        u32 bytes of the footer, u32 its CRC-32, 8 bytes `JBMEND1\n`
 *
 * Numbers of postings and terms are of seven bits a byte (`bytes.ts`), all others little-endian. Every part is checked against
 * its CRC-32 when it is read.
 */
import type { Passage } from '../passage.js';

export const headText = 'JBMSEG1\n';
export const tailText = 'JBMEND1\n';
export const tailBytes = 16;
/** Terms of a block. */
export const blockTerms = 64;

export interface Section {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** A block of terms; its postings follow each other from `postings` on. */
export interface TermBlock extends Section {
  readonly first: string;
  readonly postings: number;
}

export interface SegmentFooter {
  readonly passages: number;
  readonly terms: number;
  /** Sum of the lengths. */
  readonly totalLength: number;
  readonly offsets: Section;
  readonly lengths: Section;
  readonly blocks: readonly TermBlock[];
}

/** Terms are ordered by their UTF-16 units, as `<` compares strings. */
export const compareTerms = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function encodePassage(number: number, { source, begin, end, line, title, id, text }: Passage): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([number, source, begin, end, line, title ?? null, id ?? null, text]));
}

export function decodePassage(bytes: Uint8Array): { number: number; passage: Passage } {
  const [number, source, begin, end, line, title, id, text] = JSON.parse(new TextDecoder().decode(bytes)) as [
    number,
    string,
    number,
    number,
    number,
    string | null,
    string | null,
    string,
  ];
  return {
    number,
    passage: { source, begin, end, line, ...(title === null ? {} : { title }), ...(id === null ? {} : { id }), text },
  };
}
