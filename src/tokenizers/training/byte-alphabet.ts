/** The 256 characters that stand for bytes in a byte-level vocabulary, as GPT-2 chose them. */

/** Bytes that are printable characters of Latin-1 stand for themselves; the others get characters from U+0100 on. */
const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** The character of each byte. */
export const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

/** Bytes by the code of their character: the order of ids in a vocabulary, before any merge. */
export const bytesInOrder: readonly number[] = [...byteCharacters.keys()].sort(
  (a, b) => byteCharacters[a]!.charCodeAt(0) - byteCharacters[b]!.charCodeAt(0),
);
