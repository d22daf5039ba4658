/** The words function as a table for the kernels: one entry for each code point. */
import { CharacterKind, kindOf, lowerCharacter, type Normalisation } from './words.js';

/** One entry for each code point of Unicode. */
export const tableLength = 0x110000;

/** Planes that have no letters and no spaces: their characters are all of one kind. */
const plain = [
  [0x40000, 0xe0000],
  [0xe0200, 0x110000],
] as const;

/** Bits of an entry: the code point in lower case, its kind, and whether a text with it has to be composed first. */
export const entryBits = { kindShift: 24, slow: 1 << 28 } as const;

const textEnd = CharacterKind.textEnd;
const composing = /[\p{M}\u1100-\u11ff]/u;
const surrogate = (code: number) => code >= 0xd800 && code < 0xe000;

/** @param linesAreTexts whether a line feed ends a text */
export function characterTable(normalisation: Normalisation, linesAreTexts: boolean): Uint32Array {
  const table = new Uint32Array(tableLength);
  const plainKind = kindOf('\u{f0000}', normalisation) << entryBits.kindShift;
  for (const [from, to] of plain) for (let code = from; code < to; code++) table[code] = code | plainKind;
  for (let code = 0; code < 0xe0200; code++) {
    if (code === plain[0][0]) code = plain[0][1];
    if (surrogate(code)) {
      table[code] = entryBits.slow;
      continue;
    }
    const character = String.fromCodePoint(code);
    const lower = normalisation.case === 'lower' ? lowerCharacter(character) : character;
    const isSlow = composing.test(character) || (code >= 0xa0 && character.normalize('NFC') !== character);
    const kind = kindOf(character, normalisation);
    table[code] = lower.codePointAt(0)! | (kind << entryBits.kindShift) | (isSlow ? entryBits.slow : 0);
  }
  if (linesAreTexts) table[10] = 10 | (textEnd << entryBits.kindShift);
  return table;
}

const runs = { letters: /[\p{L}\p{M}\p{N}]+/gu, spaces: /[^\s\p{Z}\p{Cc}\p{Cf}]+/gu } as const;

/**
 * A block of text whose words are composed already, so that the kernels split it as `wordsOf` does. Bytes that are no
 * UTF-8 become the replacement character, which is punctuation.
 */
export function composedBlock(block: Uint8Array, normalisation: Normalisation): Uint8Array {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(block);
  const composed = text.replace(runs[normalisation.words], (word) => {
    return word.normalize('NFC');
  });
  return new TextEncoder().encode(composed);
}
