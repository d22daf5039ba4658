/**
 * The words of a text: the one function that counting, lists and masking share.
 *
 *     wordsOf("The Cat's out, isn’t it?")  ->  the · cat's · out | isn't · it |
 *
 * 1. A word is a run of letters, marks and numbers (Unicode's L, M and N); a single ' or ’ between two of them belongs to
 *    the word, and is written '. With `words: 'spaces'` a word is whatever stands between white space.
 * 2. White space, control and format characters part words, and mean nothing else.
 * 3. Every other character is punctuation: a boundary that no n-gram crosses (the default), a word of its own (`'words'`),
 *    or nothing more than a space (`'skip'`).
 * 4. Each word is put into Unicode's NFC, and with `case: 'lower'` each of its characters into lower case, by the simple
 *    mapping that has one character for one.
 */
import { JambalayaError } from '../errors/index.js';

export const caseForms = ['lower', 'keep'] as const;
export const punctuationForms = ['boundary', 'words', 'skip'] as const;
export const wordForms = ['letters', 'spaces'] as const;

export interface Normalisation {
  readonly case: (typeof caseForms)[number];
  readonly punctuation: (typeof punctuationForms)[number];
  /** `spaces`: the input is segmented already, as for languages that write no spaces. */
  readonly words: (typeof wordForms)[number];
}

export const defaultNormalisation: Normalisation = { case: 'lower', punctuation: 'boundary', words: 'letters' };

/** A word, and where it stands in the text that it is of, in UTF-16 units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether a boundary stands before it, so that no n-gram reaches over to the word before. */
  readonly afterBoundary: boolean;
}

export const CharacterKind = { space: 0, word: 1, boundary: 2, single: 3, textEnd: 4 } as const;
export type CharacterKind = (typeof CharacterKind)[keyof typeof CharacterKind];

const wordCharacter = /[\p{L}\p{M}\p{N}]/u;
const spaceCharacter = /[\s\p{Z}\p{Cc}\p{Cf}]/u;
const pieces = {
  letters: /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\p{L}\p{M}\p{N}\s\p{Z}\p{Cc}\p{Cf}]/gu,
  spaces: /[^\s\p{Z}\p{Cc}\p{Cf}]+/gu,
} as const;

/** What a character is to the words of a text. */
export function kindOf(character: string, { words, punctuation }: Normalisation): CharacterKind {
  if (spaceCharacter.test(character)) return CharacterKind.space;
  if (words === 'spaces' || wordCharacter.test(character)) return CharacterKind.word;
  if (punctuation === 'boundary') return CharacterKind.boundary;
  return punctuation === 'words' ? CharacterKind.single : CharacterKind.space;
}

/** One character in lower case, where that is one character, too; İ becomes i, as in Unicode's simple mapping. */
export function lowerCharacter(character: string): string {
  if (character === 'İ') return 'i';
  return character.toLowerCase();
}

const asciiOnly = /^[\0-\x7f]*$/;

/** A word as it is counted. */
export function normalWord(word: string, normalisation: Normalisation): string {
  if (asciiOnly.test(word)) return normalisation.case === 'lower' ? word.toLowerCase() : word;
  const composed = (normalisation.words === 'letters' ? word.replaceAll('’', "'") : word).normalize('NFC');
  return normalisation.case === 'lower' ? Array.from(composed, lowerCharacter).join('') : composed;
}

/** The words of a text in order, with their places. */
export function wordsOf(text: string, normalisation: Normalisation = defaultNormalisation): Word[] {
  const words: Word[] = [];
  let afterBoundary = false;
  for (const match of text.matchAll(pieces[normalisation.words])) {
    const [piece] = match;
    if (normalisation.words === 'letters' && !wordCharacter.test(piece) && normalisation.punctuation !== 'words') {
      afterBoundary ||= normalisation.punctuation === 'boundary';
      continue;
    }
    const start = match.index;
    words.push({ text: normalWord(piece, normalisation), start, end: start + piece.length, afterBoundary });
    afterBoundary = false;
  }
  return words;
}

/** Reads a normalisation out of JSON, such as the side file of a list. */
export function parseNormalisation(value: unknown, file: string): Normalisation {
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const read = <T extends string>(key: string, allowed: readonly T[]): T => {
    const found = fields[key];
    if (allowed.includes(found as T)) return found as T;
    throw new JambalayaError('format', {
      file,
      expected: `normalisation.${key}: ${allowed.join(' | ')}`,
      found: JSON.stringify(found) ?? 'nothing',
    });
  };
  return {
    case: read('case', caseForms),
    punctuation: read('punctuation', punctuationForms),
    words: read('words', wordForms),
  };
}

/** Whether two normalisations make the same words. */
export const sameNormalisation = (a: Normalisation, b: Normalisation): boolean =>
  a.case === b.case && a.words === b.words && (a.words === 'spaces' || a.punctuation === b.punctuation);
