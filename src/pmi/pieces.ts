/** A text as a model sees it: token ids, and which of them are the pieces of which word. */
import { JambalayaError } from '../errors/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import { type Normalisation, type Word, wordsOf } from './words.js';

/** Tokens `start` … `end` − 1. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

export interface PieceWord extends TokenRange {
  /** As it is counted. */
  readonly text: string;
  readonly afterBoundary: boolean;
}

export interface PiecedText {
  readonly ids: Int32Array;
  /** In order; tokens that belong to none are marks, or special. */
  readonly words: readonly PieceWord[];
  /** 1 for tokens that are never hidden: special ones. */
  readonly isSpecial: Uint8Array;
}

/** Cuts texts of a tokenizer into pieces by words; each word is encoded once. */
export class PieceReader {
  private readonly known = new Map<string, readonly number[]>();

  constructor(
    readonly tokenizer: Tokenizer,
    readonly normalisation: Normalisation,
  ) {}

  /**
   * @param surrounded whether the tokenizer's special tokens stand around the text
   * @throws `tokenizer` if a token lies over white space, so that words cannot be hidden on their own
   */
  read(text: string, surrounded = true): PiecedText {
    const { tokenizer } = this;
    const words = wordsOf(text, this.normalisation);
    const inner = tokenizer.encode(text, { parseSpecial: false });
    const whole = surrounded ? tokenizer.encode(text, { parseSpecial: false, addSpecialTokens: true }) : inner;
    const before = surrounded ? this.before(whole, inner) : 0;
    const places = this.placesOf(text, words, inner, false) ?? this.placesOf(text, words, inner, true);
    if (places === undefined) {
      throw new JambalayaError(
        'tokenizer',
        { file: tokenizer.name, reason: `its tokens lie over white space in "${text.slice(0, 60)}"` },
        { hint: 'Mask with a tokenizer that cuts at white space, such as WordPiece.' },
      );
    }
    const ids = Int32Array.from(whole);
    const isSpecial = Uint8Array.from(ids, (id, i) =>
      i < before || i >= before + inner.length || tokenizer.specialIds.has(id) ? 1 : 0,
    );
    const ranges = places.map((word) => ({ ...word, start: word.start + before, end: word.end + before }));
    return { ids, words: ranges.filter(({ start, end }) => end > start), isSpecial };
  }

  private before(whole: readonly number[], inner: readonly number[]): number {
    for (let at = 0; at + inner.length <= whole.length; at++) {
      if (inner.every((id, i) => whole[at + i] === id)) return at;
    }
    return 0;
  }

  /**
   * The words with their tokens, if the tokens of what stands between white space are those of the text. Where a token lies over
   * the end of a word (WordPiece takes °C for one), all of that is one word.
   */
  private placesOf(
    text: string,
    words: readonly Word[],
    ids: readonly number[],
    spaceJoins: boolean,
  ): PieceWord[] | undefined {
    const places: PieceWord[] = [];
    let at = 0;
    let word = 0;
    for (const match of text.matchAll(spaceJoins ? / ?\S+|\s+?(?= ?\S)|\s+$/g : /\S+/g)) {
      const [chunk] = match;
      const [from, to] = [match.index, match.index + chunk.length];
      const tokens = this.encode(chunk);
      if (!tokens.every((id, i) => ids[at + i] === id)) return undefined;
      const inside: Word[] = [];
      while (word < words.length && words[word]!.end <= to) inside.push(words[word++]!);
      places.push(...this.placesInChunk(text, from, to, inside, at, tokens, spaceJoins));
      at += tokens.length;
    }
    return at === ids.length && word === words.length ? places : undefined;
  }

  private placesInChunk(
    text: string,
    from: number,
    to: number,
    words: readonly Word[],
    first: number,
    tokens: readonly number[],
    spaceJoins: boolean,
  ): PieceWord[] {
    const places: PieceWord[] = [];
    let at = 0;
    let done = from;
    const take = (end: number): boolean => {
      const part = end > done ? this.encode(text.slice(done, end)) : [];
      done = end;
      return part.every((id) => tokens[at++] === id);
    };
    const fits = words.every(({ text: counted, start, end, afterBoundary }) => {
      // A space that belongs to the token after it goes with the word.
      if (!(spaceJoins && start === from + 1 && text[from] === ' ') && !take(start)) return false;
      const begin = at;
      if (!take(end)) return false;
      places.push({ text: counted, afterBoundary, start: first + begin, end: first + at });
      return true;
    });
    if (fits && take(to) && at === tokens.length) return places;
    const [word] = words;
    if (word === undefined) return [];
    const whole = { start: first, end: first + tokens.length };
    return [{ text: words.length === 1 ? word.text : '', afterBoundary: word.afterBoundary, ...whole }];
  }

  private encode(part: string): readonly number[] {
    const found = this.known.get(part);
    if (found !== undefined) return found;
    const ids = this.tokenizer.encode(part, { parseSpecial: false });
    if (this.known.size > mostKnown) this.known.clear();
    this.known.set(part, ids);
    return ids;
  }
}

const mostKnown = 200_000;
const continuing = '##';
/** What stands behind the apostrophe of a word that WordPiece has cut there. */
const endings = new Set(['s', 't', 're', 've', 'm', 'll', 'd']);
const isWordText = /[\p{L}\p{M}\p{N}]/u;

/**
 * Cuts the ids of a WordPiece vocabulary into words, where the text is not at hand: pieces that begin with ## belong to the
 * word before, and so do 's, 't, 're and the like. A word's text is that of its pieces, and may lack accents that the
 * tokenizer drops; {@link textOfWord} makes lists agree with it.
 */
export class WordPieceReader {
  private readonly texts: readonly string[];

  /** @throws `tokenizer` if the vocabulary has no pieces that begin with ## */
  constructor(readonly tokenizer: Tokenizer) {
    this.texts = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenText(id));
    if (this.texts.some((text) => text.startsWith(continuing))) return;
    throw new JambalayaError(
      'tokenizer',
      { file: tokenizer.name, reason: 'it has no pieces that begin with ##' },
      { hint: 'Masked training takes a WordPiece vocabulary: `jambalaya tokenizer train --kind wordpiece`.' },
    );
  }

  read(ids: ArrayLike<number>): PiecedText {
    const own = Int32Array.from(ids);
    const isSpecial = Uint8Array.from(own, (id) => (this.tokenizer.specialIds.has(id) ? 1 : 0));
    const words: { text: string; start: number; end: number; afterBoundary: boolean }[] = [];
    let afterBoundary = false;
    for (let i = 0; i < own.length; i++) {
      const text = this.texts[own[i]!] ?? '';
      if (isSpecial[i] === 1) {
        afterBoundary = true;
        continue;
      }
      const last = words[words.length - 1];
      if (last !== undefined && last.end === i) {
        if (text.startsWith(continuing)) {
          last.text += text.slice(continuing.length);
          last.end = i + 1;
          continue;
        }
        const ending = this.texts[own[i + 1]!] ?? '';
        const ends = !(this.texts[own[i + 2]!] ?? '').startsWith(continuing);
        if ((text === "'" || text === '’') && endings.has(ending) && ends) {
          last.text += `'${ending}`;
          last.end = i + 2;
          i++;
          continue;
        }
      }
      if (!isWordText.test(text)) {
        afterBoundary = true;
        continue;
      }
      const isCut = text.startsWith(continuing);
      words.push({ text: isCut ? text.slice(continuing.length) : text, start: i, end: i + 1, afterBoundary });
      afterBoundary = false;
    }
    return { ids: own, words, isSpecial };
  }

  /** A word as `read` would find it, or undefined if the vocabulary cannot express it. */
  textOfWord(word: string): string | undefined {
    const ids = this.tokenizer.encode(word, { parseSpecial: false });
    if (ids.some((id) => this.tokenizer.specialIds.has(id))) return undefined;
    return ids
      .map((id) => this.texts[id]!.replace(continuing, ''))
      .join('')
      .replaceAll('’', "'");
  }
}
