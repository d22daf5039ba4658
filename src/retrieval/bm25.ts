/**
 * The score of a passage for a query (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009):
 *
 *     score(q, d) = Σ over terms t of q, as often as they stand in it:  idf(t) · tf · (k1 + 1) ÷ (tf + k1 · (1 − b + b · |d| ÷ avg|d|))
 *
 * tf is how often t stands in d, |d| the number of terms of d, avg|d| their mean over all N passages, n(t) the passages that
 * have t. Two forms of idf:
 *
 *     lucene   ln(1 + (N − n + 0.5) ÷ (n + 0.5))      over 0 for every term
 *     okapi    ln((N − n + 0.5) ÷ (n + 0.5))          what is below 0 becomes ε times the mean over the vocabulary, as in
 *                                                     `rank_bm25`'s BM25Okapi
 */
export interface Bm25Options {
  /** How soon more of a term counts no more; 1.2 unless told. */
  readonly k1?: number | undefined;
  /** How much long passages are held back, from 0 to 1; 0.75 unless told. */
  readonly b?: number | undefined;
  readonly idf?: 'lucene' | 'okapi' | undefined;
  /** Of `okapi`; 0.25 unless told. */
  readonly epsilon?: number | undefined;
}

export const bm25Defaults = { k1: 1.2, b: 0.75, idf: 'lucene', epsilon: 0.25 } as const;

export const luceneIdf = (passages: number, having: number): number =>
  Math.log(1 + (passages - having + 0.5) / (having + 0.5));

export const okapiIdf = (passages: number, having: number): number =>
  Math.log((passages - having + 0.5) / (having + 0.5));

/** What a term adds that stands `tf` times in a passage of `length` terms. */
export const termScore = (idf: number, tf: number, length: number, mean: number, k1: number, b: number): number =>
  (idf * tf * (k1 + 1)) / (tf + k1 * (1 - b + (b * length) / mean));
