/**
 * How strongly the words of an n-gram belong together (arXiv 2010.01825), in nats, with p(s) the share of s among all n-grams
 * of its length:
 *
 *     PMI_n(w) = log p(w)  − max over σ of Σ_{s in σ} log p(s)     σ: every way to cut w, but for not cutting it
 *     naive(w) = log p(w)  − Σ_i log p(w_i)
 *     p2(w)    = 2 log p(w) − max over σ of Σ_{s in σ} log p(s)    of the lists that were published
 */
import { JambalayaError } from '../errors/index.js';
import type { Counts } from './counts.js';
import { lengths, longestNgram } from './reference.js';

export const scoreKinds = ['pmi', 'naive', 'p2', 'frequency'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

export interface NgramScore {
  readonly ngram: string;
  readonly count: number;
  /** In nats; null for a single word. */
  readonly pmi: number | null;
  readonly naive: number | null;
  readonly p2: number | null;
  /** The parts of the cut that attains the maximum; of equal ones, that whose first part is the shortest. */
  readonly segmentation: readonly string[];
}

/** All ways to cut n words into parts: lengths of the parts, the whole one left out. */
export function segmentations(n: number): number[][] {
  const cut = (left: number): number[][] =>
    left === 0
      ? [[]]
      : Array.from({ length: left }, (_, i) => i + 1).flatMap((first) =>
          cut(left - first).map((rest) => [first, ...rest]),
        );
  return cut(n).filter((parts) => parts.length > 1);
}

const logShare = (counts: Counts, n: number, count: number) => Math.log(count / counts.total(n));

/**
 * An n-gram with its scores, or undefined if it stands too rarely to have been counted.
 *
 * @throws `usage` for no words, or more than five
 */
export function lookUp(counts: Counts, words: readonly string[]): NgramScore | undefined {
  if (words.length === 0 || words.length > longestNgram) {
    throw new JambalayaError('usage', {
      argument: 'ngram',
      expected: `1 to ${longestNgram} words`,
      found: `${words.length}`,
    });
  }
  const count = counts.count(words);
  if (count === 0) return undefined;
  const ngram = words.join(' ');
  if (words.length === 1) return { ngram, count, pmi: null, naive: null, p2: null, segmentation: [...words] };
  const log = (from: number, to: number) => logShare(counts, to - from, counts.count(words.slice(from, to)));
  let best = Number.NEGATIVE_INFINITY;
  let segmentation: string[] = [];
  for (const parts of segmentations(words.length)) {
    let sum = 0;
    let at = 0;
    const pieces: string[] = [];
    for (const length of parts) {
      sum += log(at, at + length);
      pieces.push(words.slice(at, at + length).join(' '));
      at += length;
    }
    if (sum > best) {
      best = sum;
      segmentation = pieces;
    }
  }
  const whole = logShare(counts, words.length, count);
  const alone = words.reduce((sum, _, i) => sum + log(i, i + 1), 0);
  return { ngram, count, pmi: whole - best, naive: whole - alone, p2: 2 * whole - best, segmentation };
}

/** Scores of all n-grams of a length, in the order of their rows. */
export interface LengthScores {
  readonly pmi: Float64Array;
  readonly naive: Float64Array;
  readonly p2: Float64Array;
}

/**
 * Scores of all n-grams of 2 to 5 words; `[0]` is of bigrams. The best cut of w is the best over its first part s of
 * log p(s) + the best cut, or none, of the rest; where the rest of each n-gram lies is looked up once.
 */
export function scoreAll(counts: Counts): LengthScores[] {
  /** By length and row: the largest Σ log p over all cuts, the whole one among them; and Σ of its words alone. */
  const best: Float64Array[] = [];
  const alone: Float64Array[] = [];
  const logs: Float64Array[] = [];
  /** The rows of an n-gram without its last word, and without its first. */
  const heads: Uint32Array[] = [];
  const tails: Uint32Array[] = [];
  const scores: LengthScores[] = [];
  for (const n of lengths) {
    const rows = counts.of(n);
    const log = Float64Array.from({ length: rows.length }, (_, row) => logShare(counts, n, rows.count(row)));
    logs.push(log);
    if (n === 1) {
      best.push(log);
      alone.push(log);
      heads.push(new Uint32Array(0));
      tails.push(new Uint32Array(0));
      continue;
    }
    const head = new Uint32Array(rows.length);
    const tail = new Uint32Array(rows.length);
    const shorter = counts.of(n - 1);
    const top = new Float64Array(rows.length);
    const single = new Float64Array(rows.length);
    const result = {
      pmi: new Float64Array(rows.length),
      naive: new Float64Array(rows.length),
      p2: new Float64Array(rows.length),
    };
    heads.push(head);
    tails.push(tail);
    let headRow = 0;
    for (let row = 0; row < rows.length; row++) {
      // Rows are sorted, and so are their heads.
      while (!startsWith(rows.values, row * (n + 1), shorter.values, headRow * n, n - 1)) headRow++;
      const tailRow = n === 2 ? rows.rank(row, 1) - 1 : shorter.find(rows.values, row * (n + 1) + 1);
      head[row] = headRow;
      tail[row] = tailRow;
      let cut = Number.NEGATIVE_INFINITY;
      let first = headRow;
      for (let length = n - 1; length >= 1; length--) {
        // The rest after a first part of `length` words: the tail's tail, as often as needed.
        let rest = tailRow;
        for (let m = n - 1; m > n - length; m--) rest = tails[m - 1]![rest]!;
        cut = Math.max(cut, logs[length - 1]![first]! + best[n - length - 1]![rest]!);
        if (length > 1) first = heads[length - 1]![first]!;
      }
      const whole = log[row]!;
      top[row] = Math.max(whole, cut);
      single[row] = alone[0]![rows.rank(row, 0) - 1]! + alone[n - 2]![tailRow]!;
      result.pmi[row] = whole - cut;
      result.naive[row] = whole - single[row]!;
      result.p2[row] = 2 * whole - cut;
    }
    best.push(top);
    alone.push(single);
    scores.push(result);
  }
  return scores;
}

function startsWith(a: Uint32Array, at: number, b: Uint32Array, from: number, n: number): boolean {
  for (let i = 0; i < n; i++) if (a[at + i] !== b[from + i]) return false;
  return true;
}
