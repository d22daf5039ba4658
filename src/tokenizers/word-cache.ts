/**
 * Ids of words that have been seen before. A vocabulary whose words are cut by the pattern that training uses gives a word
 * the same ids wherever it stands, so that most of a text need not be merged again.
 */
import type { TokenizerDefinition } from './definition.js';
import { patternSource } from './patterns.js';
import { type JsonObject, Shape } from './shape.js';
import { splitPattern, wordsOf } from './training/words.js';

/** Words that are kept; then the cache begins anew. */
const mostWords = 2 ** 17;
/** UTF-16 units of the longest word that is kept. */
const longestWord = 64;

/** That pattern as definitions are read: with its letters of both cases spelled out. */
const readPattern = patternSource(new Shape('words'), { Regex: splitPattern }, 'pattern');

/** Whether words are cut by that pattern, and nothing else changes or cuts a text in which special tokens are text. */
export function hasCacheableWords({ normalizer, preTokenizer, addedTokens }: TokenizerDefinition): boolean {
  if (normalizer !== undefined || preTokenizer?.type !== 'Sequence' || addedTokens.some((token) => !token.special))
    return false;
  const [split, byteLevel, ...others] = preTokenizer.pretokenizers as JsonObject[];
  const pattern = split?.pattern as JsonObject | undefined;
  return (
    split?.type === 'Split' &&
    pattern?.Regex === readPattern &&
    split.behavior === 'Isolated' &&
    split.invert === false &&
    byteLevel?.type === 'ByteLevel' &&
    byteLevel.add_prefix_space === false &&
    byteLevel.use_regex === false &&
    others.length === 0
  );
}

/** As the library gives them: none for what the vocabulary cannot express. */
type Ids = readonly (number | null | undefined)[];

export class WordCache {
  #ids = new Map<string, Ids>();

  /** Ids of a text; those of new words by `encodeWords`, which is called at most once. */
  encode(text: string, encodeWords: (words: readonly string[]) => readonly Ids[]): (number | null | undefined)[] {
    const words = wordsOf(text);
    const fresh = new Map<string, Ids>();
    for (const word of words) if (!this.#ids.has(word)) fresh.set(word, []);
    if (fresh.size > 0) {
      const list = [...fresh.keys()];
      for (const [i, ids] of encodeWords(list).entries()) fresh.set(list[i]!, ids);
    }
    const result: (number | null | undefined)[] = [];
    for (const word of words) for (const id of this.#ids.get(word) ?? fresh.get(word)!) result.push(id);
    if (this.#ids.size + fresh.size > mostWords) this.#ids = new Map();
    for (const [word, ids] of fresh) {
      // A copy: the word itself may be a view that holds all of the text.
      if (word.length <= longestWord && this.#ids.size < mostWords) this.#ids.set(Array.from(word).join(''), ids);
    }
    return result;
  }
}
