/**
 * Cutting text into the words within which tokens are made, and counting them.
 */

/**
 * The split as `tokenizer.json` states it, in the dialect of the Rust library. Contractions; a run of letters with the one
 * mark or space before it; every digit by itself (as in Jamba’s vocabulary, arXiv 2403.19887); a run of marks with a space
 * before it and line ends after it; line ends with the space before them; spaces, of which the last stays with the word that follows.
 */
export const splitPattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** The same in JavaScript, whose `\s` is another set than Unicode's white space. It matches every character. */
const words =
  /'(?:[sdmt]|ll|ve|re|[SDMT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** The words of a text, which together are the text. */
export const wordsOf = (text: string): readonly string[] => text.match(words) ?? [];

/** UTF-16 units. A longer word is counted as several: merges look at all of a word again and again. */
export const longestWord = 256;

/** Adds the words of a text to `counts`. */
export function countWords(text: string, counts: Map<string, number>): void {
  words.lastIndex = 0;
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const word = match[0];
    if (word.length <= longestWord) counts.set(word, (counts.get(word) ?? 0) + 1);
    else for (const part of partsOf(word, longestWord)) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
}

/** Pieces of at most `length` units; no pair of surrogates is cut. */
function* partsOf(text: string, length: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + length, text.length);
    if (end < text.length && isLowSurrogate(text.charCodeAt(end))) end--;
    yield text.slice(start, end);
    start = end;
  }
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * A long text in pieces of at most `length` units that have the same words as the whole: cut after a line end that a
 * character follows which is no white space. Where there is none, anywhere.
 */
export function* piecesOf(text: string, length: number): Generator<string> {
  let start = 0;
  while (text.length - start > length) {
    let end = start + length;
    while (end > start && !(text.charCodeAt(end - 1) === 0x0a && /\P{White_Space}/u.test(text.charAt(end)))) end--;
    if (end === start) {
      end = start + length;
      if (isLowSurrogate(text.charCodeAt(end))) end--;
    }
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}
