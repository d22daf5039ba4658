/** A masking vocabulary: the n-grams of 2 to 5 words that rank highest, length by length. */
import { JambalayaError } from '../errors/index.js';
import type { Counts } from './counts.js';
import { lengths } from './reference.js';
import { type ScoreKind, scoreAll } from './scores.js';
import type { Normalisation } from './words.js';

export interface VocabularyEntry {
  readonly words: readonly string[];
  readonly count: number;
  readonly score: number;
}

/** What happens when a length has too few n-grams: its places go to the next shorter ones that have more, or stay empty. */
export const shortages = ['fill', 'keep'] as const;

export interface VocabularyOptions {
  readonly size: number;
  readonly score: ScoreKind;
  readonly shortage?: (typeof shortages)[number] | undefined;
}

export interface PmiVocabulary {
  readonly normalisation: Normalisation;
  readonly score: ScoreKind;
  /** By length from 2: places that the composition gives. */
  readonly wanted: readonly number[];
  /** By length from 2, each by falling score. */
  readonly entries: readonly (readonly VocabularyEntry[])[];
}

/** 50 % bigrams, 25 % trigrams, 12.5 % each of 4 and 5 words; what rounding leaves goes to the bigrams. */
export function composition(size: number): number[] {
  const [three, four] = [Math.floor(size / 4), Math.floor(size / 8)];
  return [size - three - 2 * four, three, four, four];
}

/** Rows of n-grams by falling score; of equal ones the more frequent first, then in the order of their ranks. */
function ranked(score: Float64Array, count: (row: number) => number): Uint32Array {
  return new Uint32Array(score.length)
    .map((_, row) => row)
    .sort((a, b) => score[b]! - score[a]! || count(b) - count(a) || a - b);
}

/** @throws `usage` if the size is not at least 1, `limit` if there is no n-gram of two words or more */
export function pmiVocabulary(counts: Counts, { size, score, shortage = 'fill' }: VocabularyOptions): PmiVocabulary {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new JambalayaError('usage', { argument: 'size', expected: 'a whole number from 1', found: String(size) });
  }
  const available = lengths.slice(1).map((n) => counts.of(n).length);
  if (available.every((count) => count === 0)) {
    throw new JambalayaError(
      'limit',
      { what: 'n-grams of two words or more', limit: 0, found: size },
      { hint: 'Count more text, or with a lower --min-count.' },
    );
  }
  const scores = score === 'frequency' ? undefined : scoreAll(counts);
  const wanted = composition(size);
  const taken = wanted.map((places, i) => Math.min(places, available[i]!));
  if (shortage === 'fill') {
    let left = size - taken.reduce((sum, places) => sum + places, 0);
    // The shortest first: they are the most, and the best attested.
    for (let i = 0; i < taken.length; i++) {
      const more = Math.min(left, available[i]! - taken[i]!);
      taken[i]! += more;
      left -= more;
    }
  }
  const entries = lengths.slice(1).map((n, i) => {
    const rows = counts.of(n);
    const values =
      score === 'frequency' || scores === undefined
        ? Float64Array.from({ length: rows.length }, (_, row) => rows.count(row))
        : scores[i]![score];
    const order = ranked(values, (row) => rows.count(row));
    return Array.from(order.subarray(0, taken[i]), (row) => ({
      words: counts.wordsOfRow(n, row),
      count: rows.count(row),
      score: values[row]!,
    }));
  });
  return { normalisation: counts.manifest.source.normalisation, score, wanted, entries };
}
