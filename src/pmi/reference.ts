/**
 * Counting in memory, straight from the definition: the specification of the kernels, and a way to count small corpora
 * anywhere, a page included.
 */
import { defaultNormalisation, type Normalisation, wordsOf } from './words.js';

/** Words of the longest n-grams. */
export const longestNgram = 5;

/** The lengths 1 … 5. */
export const lengths = [1, 2, 3, 4, 5] as const;

export interface NgramCounts {
  readonly normalisation: Normalisation;
  readonly minCount: number;
  /** How many n-grams of 1 … 5 words stand in all texts, those of rare words included; `totals[0]` is of words. */
  readonly totals: readonly number[];
  /** Distinct words, rare ones included. */
  readonly types: number;
  /** By length from 1: words joined by a space, and how often they stand; only those at or above the minimum. */
  readonly counts: readonly ReadonlyMap<string, number>[];
}

export interface CountOptions {
  readonly normalisation?: Normalisation | undefined;
  readonly minCount?: number | undefined;
  /** Texts that an n-gram has to stand in. */
  readonly minDocuments?: number | undefined;
}

/** Counts the n-grams of 1 … 5 words; none reaches over a boundary or from text to text. */
export function countInMemory(
  texts: Iterable<string>,
  { normalisation = defaultNormalisation, minCount = 1, minDocuments = 1 }: CountOptions = {},
): NgramCounts {
  const totals = lengths.map(() => 0);
  const found = lengths.map(() => new Map<string, { count: number; texts: number; last: number }>());
  let text = 0;
  for (const content of texts) {
    let segment: string[] = [];
    text++;
    for (const word of wordsOf(content, normalisation)) {
      if (word.afterBoundary) segment = [];
      segment.push(word.text);
      for (let n = 1; n <= Math.min(longestNgram, segment.length); n++) {
        totals[n - 1]!++;
        const ngram = segment.slice(-n).join(' ');
        const entry = found[n - 1]!.get(ngram) ?? { count: 0, texts: 0, last: 0 };
        entry.count++;
        if (entry.last !== text) entry.texts++;
        entry.last = text;
        found[n - 1]!.set(ngram, entry);
      }
    }
  }
  const counts = found.map((entries) => {
    const kept = [...entries].filter(([, { count, texts }]) => count >= minCount && texts >= minDocuments);
    return new Map(kept.map(([ngram, { count }]) => [ngram, count]));
  });
  return { normalisation, minCount, totals, types: found[0]!.size, counts };
}
