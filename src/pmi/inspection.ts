/** What there is to see of counts and lists: the ends of each ranking, scores by rank, coverage by size. */
import type { Counts } from './counts.js';
import { Matcher } from './matcher.js';
import { lengths } from './reference.js';
import { type ScoreKind, scoreAll } from './scores.js';
import { coverage } from './units.js';
import { composition, type VocabularyEntry } from './vocabulary.js';
import type { Word } from './words.js';

export interface LengthInspection {
  readonly n: number;
  readonly ngrams: number;
  readonly top: readonly VocabularyEntry[];
  readonly bottom: readonly VocabularyEntry[];
  /** Points (rank, score), the ranks spaced by their logarithms. */
  readonly curve: readonly (readonly [number, number])[];
}

const curvePoints = 80;

/** All n-grams of a length by falling score. */
export function rankLength(counts: Counts, n: number, kind: ScoreKind, scores = scoreAll(counts)) {
  const rows = counts.of(n);
  const values =
    kind === 'frequency'
      ? Float64Array.from({ length: rows.length }, (_, row) => rows.count(row))
      : scores[n - 2]![kind];
  const order = new Uint32Array(rows.length)
    .map((_, row) => row)
    .sort((a, b) => values[b]! - values[a]! || rows.count(b) - rows.count(a) || a - b);
  return { order, values };
}

export function inspectCounts(counts: Counts, kind: ScoreKind, shown: number): LengthInspection[] {
  const scores = scoreAll(counts);
  return lengths.slice(1).map((n) => {
    const { order, values } = rankLength(counts, n, kind, scores);
    const rows = counts.of(n);
    const entry = (row: number) => ({ words: counts.wordsOfRow(n, row), count: rows.count(row), score: values[row]! });
    const ranks = logSpaced(order.length, curvePoints);
    return {
      n,
      ngrams: order.length,
      top: Array.from(order.subarray(0, shown), entry),
      bottom: Array.from(order.subarray(Math.max(shown, order.length - shown)), entry),
      curve: ranks.map((rank) => [rank, values[order[rank - 1]!]!] as const),
    };
  });
}

/** Whole numbers from 1 to `last`, each once, about `points` of them. */
function logSpaced(last: number, points: number): number[] {
  if (last === 0) return [];
  const all = Array.from({ length: points }, (_, i) => Math.round(last ** (i / (points - 1))));
  return [...new Set(all)];
}

export interface CoveragePoint {
  readonly size: number;
  readonly share: number;
}

/** The share of the words of texts that lists of several sizes cover. */
export function coverageBySize(
  counts: Counts,
  kind: ScoreKind,
  texts: readonly (readonly Word[])[],
  sizes: readonly number[],
): CoveragePoint[] {
  const scores = scoreAll(counts);
  const ranked = lengths.slice(1).map((n) => rankLength(counts, n, kind, scores).order);
  return sizes.map((size) => {
    const entries = composition(size).flatMap((places, i) =>
      Array.from(ranked[i]!.subarray(0, places), (row) => counts.wordsOfRow(i + 2, row)),
    );
    const matcher = new Matcher(entries);
    let words = 0;
    let covered = 0;
    for (const text of texts) {
      const found = coverage(matcher, text);
      words += found.words;
      covered += found.covered;
    }
    return { size: entries.length, share: words === 0 ? 0 : covered / words };
  });
}
