/**
 * Taking away the spaces that word-level tokenizers put before punctuation and contractions.
 */

/** In this order, as Transformers' `clean_up_tokenization` does it. */
const replacements: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

export function cleanUpSpaces(text: string): string {
  for (const [from, to] of replacements) text = text.replaceAll(from, to);
  return text;
}

/**
 * The same on a text that arrives in pieces: what it returns, put together, is the cleaned text.
 *
 * The text is cut only before a space where no replacement can reach across: every pattern begins with a space, so
 * that one across the cut would have to begin in the last word before it, which must then not be empty, `n` or end
 * in an apostrophe.
 */
export class SpaceCleaner {
  #pending = '';

  push(text: string): string {
    const searched = Math.max(1, this.#pending.length);
    this.#pending += text;
    for (let cut = this.#pending.length - 1; cut >= searched; cut--) {
      if (!this.#isSafe(cut)) continue;
      const ready = cleanUpSpaces(this.#pending.slice(0, cut));
      this.#pending = this.#pending.slice(cut);
      return ready;
    }
    return '';
  }

  flush(): string {
    const ready = cleanUpSpaces(this.#pending);
    this.#pending = '';
    return ready;
  }

  #isSafe(cut: number): boolean {
    if (this.#pending[cut] !== ' ') return false;
    const last = this.#pending[cut - 1];
    if (last === ' ' || last === "'") return false;
    return !(last === 'n' && (cut < 2 || this.#pending[cut - 2] === ' '));
  }
}
