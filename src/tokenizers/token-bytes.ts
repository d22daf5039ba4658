/** The bytes that a token stands for on its own: what logprobs report, and what grammars walk over. */
import { byteCharacters } from './training/byte-alphabet.js';

const byteOf: ReadonlyMap<string, number> = new Map(byteCharacters.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();

/** Bytes of a token whose characters stand for bytes; undefined if one of them stands for none. */
export function bytesOfCharacters(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOf.get(token[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** The byte of `<0x0A>`, as SentencePiece writes what has no token of its own. */
export function fallbackByte(token: string): Uint8Array | undefined {
  const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return hex === undefined ? undefined : Uint8Array.of(Number.parseInt(hex, 16));
}

/**
 * Bytes that an id adds to a text that goes on, as the decoder writes it after `before`: spaces at the start of a text, which
 * some decoders drop, are then there.
 */
export function bytesAfter(decode: (ids: readonly number[]) => string, before: number | undefined, id: number) {
  if (before === undefined) return encoder.encode(decode([id]));
  const context = decode([before]);
  const both = decode([before, id]);
  return encoder.encode(both.startsWith(context) ? both.slice(context.length) : decode([id]));
}
