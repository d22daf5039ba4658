/** Parts of long passages, whole sentences that still hold the answers. */

export const bytesOf = (text) => Buffer.byteLength(text);

/**
 * The sentences of a text, each with the white space after it; joined they are the text.
 *
 * @param {string} text
 */
export function sentencesOf(text) {
  return text.split(/(?<=[.!?]["'”’)\]]*\s+)(?=["'“‘([]*[\p{Lu}\d])|(?<=\n)(?=\S)/u);
}

const wordsOf = (text) => new Set(text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? []);

/** Where a string stands in a text as whole words. */
function placesOf(text, string) {
  const places = [];
  for (let at = text.indexOf(string); at >= 0; at = text.indexOf(string, at + 1)) {
    const inWord = (i) => /[\p{L}\d]/u.test(text[i] ?? '');
    const cuts = (i) => inWord(i - 1) && inWord(i);
    if (!cuts(at) && !cuts(at + string.length)) places.push(at);
  }
  return places;
}

/**
 * A passage by sentences.
 */
export class Passage {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.sentences = sentencesOf(text);
    this.starts = [];
    let at = 0;
    for (const sentence of this.sentences) {
      this.starts.push(at);
      at += sentence.length;
    }
  }

  /** Number of the sentence that a position lies in. */
  #sentenceAt(position) {
    return this.starts.findLastIndex((start) => start <= position);
  }

  /**
   * First and last sentence of the place where an answer stands: of several places the one in whose sentences most words of
   * the question are. Undefined if it stands nowhere.
   *
   * @param {string} answer
   * @param {string} question
   * @returns {[number, number] | undefined}
   */
  evidence(answer, question) {
    const asked = wordsOf(question);
    let best;
    let most = -1;
    for (const place of placesOf(this.text, answer)) {
      const range = [this.#sentenceAt(place), this.#sentenceAt(place + answer.length - 1)];
      const shared = [...wordsOf(this.#slice(range))].filter((word) => asked.has(word)).length;
      if (shared <= most) continue;
      most = shared;
      best = /** @type {[number, number]} */ (range);
    }
    return best;
  }

  #slice([first, last]) {
    return this.sentences.slice(first, last + 1).join('');
  }

  /**
   * The sentences of `range` with as many around them as fit, more before or more after by chance. Undefined if
   * `range` alone is longer.
   *
   * @param {[number, number]} range
   * @param {number} maxBytes
   * @param {import('../generated/random.mjs').Random} random
   */
  around([first, last], maxBytes, random) {
    let bytes = bytesOf(this.#slice([first, last]));
    if (bytes > maxBytes) return undefined;
    const lean = random.pick([0.1, 0.5, 0.9]);
    for (;;) {
      const [before, after] = [first - 1, last + 1].map((number) => {
        const sentence = this.sentences[number];
        return sentence !== undefined && bytes + bytesOf(sentence) <= maxBytes ? number : undefined;
      });
      if (before === undefined && after === undefined) break;
      const next = after === undefined || (before !== undefined && random.chance(lean)) ? before : after;
      bytes += bytesOf(this.sentences[next]);
      first = Math.min(first, next);
      last = Math.max(last, next);
    }
    return this.#slice([first, last]).trim();
  }
}
