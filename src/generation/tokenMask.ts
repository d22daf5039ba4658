/** Which tokens may come next: what a grammar tells the sampler, which knows no grammar. */

/** The rule of one answer. It is asked before each draw and told of each token, the end token included. */
export interface TokenMask {
  /**
   * One bit for each id of the vocabulary, id i in bit `i % 32` of word `i / 32`; set where the token may come next. End
   * tokens are bits like any other. The words are the mask's own, and hold until the next `accept`.
   */
  allowed(): Uint32Array;
  /** The token that was taken. */
  accept(id: number): void;
  /** A copy that goes on by its own: for drafts that may be taken back. */
  clone(): TokenMask;
}

/** Removes the tokens whose bit is not set, and those beyond the words. */
export function applyMask(scores: Float32Array, allowed: Uint32Array): void {
  for (let word = 0, id = 0; id < scores.length; word++) {
    const bits = allowed[word] ?? 0;
    const end = Math.min(id + 32, scores.length);
    if (bits === 0xffffffff) id = end;
    else for (; id < end; id++) if (((bits >>> (id & 31)) & 1) === 0) scores[id] = Number.NEGATIVE_INFINITY;
  }
}
