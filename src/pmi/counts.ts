/** The counts of a corpus, to look things up in: words by rank, and for each length rows of ranks with a count, sorted. */
import type { CountsManifest } from './countsFile.js';
import { type lengths, longestNgram } from './reference.js';

/** Rows of n ranks and a count each, sorted by their ranks. */
export class NgramRows {
  readonly length: number;

  constructor(
    readonly n: number,
    readonly values: Uint32Array,
  ) {
    this.length = values.length / (n + 1);
  }

  count(row: number): number {
    return this.values[row * (this.n + 1) + this.n]!;
  }

  rank(row: number, place: number): number {
    return this.values[row * (this.n + 1) + place]!;
  }

  /** The row of the n-gram whose ranks stand in `ranks` from `from` on, or -1. */
  find(ranks: ArrayLike<number>, from = 0): number {
    const { n, values } = this;
    const width = n + 1;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let place = 0;
      while (place < n && values[middle * width + place] === ranks[from + place]) place++;
      if (place === n) return middle;
      if (values[middle * width + place]! < ranks[from + place]!) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

export class Counts {
  private ranks: Map<string, number> | undefined;

  /** @param rows of words (n = 1) to 5-grams; those of words in the order of their ranks */
  constructor(
    readonly manifest: CountsManifest,
    /** Rank r is `words[r - 1]`. */
    readonly words: readonly string[],
    readonly rows: readonly NgramRows[],
  ) {}

  /** Rows of n words. */
  of(n: number): NgramRows {
    return this.rows[n - 1]!;
  }

  total(n: number): number {
    return this.manifest.totals[n - 1]!;
  }

  /** The ranks of words, or undefined if one of them is none or too rare. */
  ranksOf(words: readonly string[]): number[] | undefined {
    this.ranks ??= new Map(this.words.map((word, i) => [word, i + 1]));
    const ranks = words.map((word) => this.ranks!.get(word) ?? 0);
    return ranks.includes(0) ? undefined : ranks;
  }

  /** How often an n-gram of 1 to 5 words stands in the texts; 0 if it is under the minimum. */
  count(words: readonly string[]): number {
    const ranks = words.length > longestNgram ? undefined : this.ranksOf(words);
    if (ranks === undefined || ranks.length === 0) return 0;
    const rows = this.of(ranks.length);
    const row = rows.find(ranks);
    return row < 0 ? 0 : rows.count(row);
  }

  wordsOfRow(n: number, row: number): string[] {
    return Array.from({ length: n }, (_, place) => this.words[this.of(n).rank(row, place) - 1]!);
  }

  *entries(n: (typeof lengths)[number]): Generator<[string[], number]> {
    const rows = this.of(n);
    for (let row = 0; row < rows.length; row++) yield [this.wordsOfRow(n, row), rows.count(row)];
  }
}
