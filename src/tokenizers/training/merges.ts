/**
 * Byte pair encoding (Sennrich et al. 2016) over the symbols of counted words, their bytes unless told otherwise: the most
 * frequent pair of neighbours becomes a token, again and again.
 *
 * Of pairs that are equally frequent the one with the smaller left id goes first, then the one with the smaller right id.
 * A pair is counted at every place where its two tokens stand side by side, overlapping places included ("aaa" has "aa"
 * twice). So the result follows from the counts alone, in whatever order the words come.
 */
import { byteCharacters, bytesInOrder } from './byte-alphabet.js';

export interface MergeOptions {
  /** Ids below this are taken; the alphabet comes next, then the merges. */
  readonly firstId: number;
  /** Ids in the end, at most. */
  readonly vocabularySize: number;
  /** Texts that no merge may make. */
  readonly reserved: ReadonlySet<string>;
  readonly alphabet?: Alphabet | undefined;
}

/** What words are made of before the first merge. */
export interface Alphabet {
  /** In the order of their ids. */
  readonly symbols: readonly string[];
  /** The symbols of a word, as places in `symbols`. */
  split(word: string): ArrayLike<number>;
  /** The text of two neighbours as one. */
  join(left: string, right: string): string;
}

const placeOfByte = new Uint8Array(256);
for (const [place, byte] of bytesInOrder.entries()) placeOfByte[byte] = place;
const encoder = new TextEncoder();

const bytes: Alphabet = {
  symbols: bytesInOrder.map((byte) => byteCharacters[byte]!),
  split: (word) => encoder.encode(word).map((byte) => placeOfByte[byte]!),
  join: (left, right) => left + right,
};

/** Texts are in the symbols of the alphabet. */
export interface LearnedMerges {
  /** Texts of the ids from `firstId` on. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

/** Ids are below 2^21, so that a pair is a safe integer. */
const pairUnit = 2 ** 21;
/** A pair that stands only once gains nothing. */
const leastCount = 2;

/** Learns merges in steps, so that the caller can see how far it is, and stop. */
export class MergeLearner {
  readonly #options: MergeOptions;
  readonly #alphabet: Alphabet;
  readonly #tokens: string[];
  readonly #ids: Map<string, number>;
  readonly #merges: [string, string][] = [];

  /** The ids of all words, word by word. */
  readonly #symbols: Int32Array;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  readonly #wordCounts: Float64Array;

  readonly #pairCounts = new Map<number, number>();
  /** Words where a pair stands, or has stood. */
  readonly #pairWords = new Map<number, number[]>();
  readonly #queue = new PairQueue();

  constructor(words: ReadonlyMap<string, number>, options: MergeOptions) {
    this.#options = options;
    this.#alphabet = options.alphabet ?? bytes;
    this.#tokens = [...this.#alphabet.symbols];
    this.#ids = new Map(this.#tokens.map((text, index) => [text, options.firstId + index]));
    const count = words.size;
    this.#starts = new Int32Array(count);
    this.#lengths = new Int32Array(count);
    this.#wordCounts = Float64Array.from(words.values());
    const split = Array.from(words.keys(), (word) => this.#alphabet.split(word));
    this.#symbols = new Int32Array(split.reduce((sum, symbols) => sum + symbols.length, 0));
    let start = 0;
    for (const [word, symbols] of split.entries()) {
      this.#starts[word] = start;
      this.#lengths[word] = symbols.length;
      for (let i = 0; i < symbols.length; i++) this.#symbols[start++] = options.firstId + symbols[i]!;
      this.#addPairs(word, 1);
    }
    for (const [pair, pairCount] of this.#pairCounts) this.#queue.push(pairCount, pair);
  }

  /** Ids that there are now. */
  get vocabularySize(): number {
    return this.#options.firstId + this.#tokens.length;
  }

  get learned(): LearnedMerges {
    return { tokens: this.#tokens, merges: this.#merges };
  }

  /** One more merge. False when the vocabulary is full, or no pair is left that stands twice. */
  step(): boolean {
    if (this.vocabularySize >= this.#options.vocabularySize) return false;
    const pair = this.#takeBest();
    if (pair === undefined) return false;
    const left = Math.floor(pair / pairUnit);
    const right = pair % pairUnit;
    const text = this.#alphabet.join(this.#textOf(left), this.#textOf(right));
    // Another pair may have made the same text before.
    let merged = this.#ids.get(text);
    if (merged === undefined) {
      merged = this.vocabularySize;
      this.#tokens.push(text);
      this.#ids.set(text, merged);
    }
    this.#merges.push([this.#textOf(left), this.#textOf(right)]);
    this.#replace(pair, left, right, merged);
    return true;
  }

  #textOf(id: number): string {
    return this.#tokens[id - this.#options.firstId]!;
  }

  /** The pair to merge next. Pairs that stand less often than the queue says go back into it. */
  #takeBest(): number | undefined {
    for (let best = this.#queue.pop(); best !== undefined; best = this.#queue.pop()) {
      const count = this.#pairCounts.get(best.pair) ?? 0;
      if (count < leastCount) continue;
      if (count !== best.count) {
        this.#queue.push(count, best.pair);
        continue;
      }
      const { pair } = best;
      const text = this.#alphabet.join(this.#textOf(Math.floor(pair / pairUnit)), this.#textOf(pair % pairUnit));
      if (!this.#options.reserved.has(text)) return pair;
    }
    return undefined;
  }

  #replace(pair: number, left: number, right: number, merged: number): void {
    const symbols = this.#symbols;
    const changed = new Set<number>();
    for (const word of this.#pairWords.get(pair) ?? []) {
      const start = this.#starts[word]!;
      const end = start + this.#lengths[word]!;
      if (!this.#hasPair(start, end, left, right)) continue;
      this.#addPairs(word, -1);
      let to = start;
      for (let from = start; from < end; to++) {
        if (from + 1 < end && symbols[from] === left && symbols[from + 1] === right) {
          symbols[to] = merged;
          from += 2;
        } else {
          symbols[to] = symbols[from]!;
          from += 1;
        }
      }
      this.#lengths[word] = to - start;
      this.#addPairs(word, 1, merged, changed);
    }
    this.#pairCounts.delete(pair);
    this.#pairWords.delete(pair);
    // Only pairs with the new token can stand more often than before.
    for (const grown of changed) this.#queue.push(this.#pairCounts.get(grown)!, grown);
  }

  #hasPair(start: number, end: number, left: number, right: number): boolean {
    for (let i = start; i + 1 < end; i++) {
      if (this.#symbols[i] === left && this.#symbols[i + 1] === right) return true;
    }
    return false;
  }

  /**
   * Adds the pairs of a word to the counts, or with `sign` −1 takes them away. Once there is a new token, only pairs with
   * it can be new to the word; they are noted in `changed`.
   */
  #addPairs(word: number, sign: 1 | -1, merged?: number, changed?: Set<number>): void {
    const symbols = this.#symbols;
    const start = this.#starts[word]!;
    const count = sign * this.#wordCounts[word]!;
    for (let i = start + 1; i < start + this.#lengths[word]!; i++) {
      const pair = symbols[i - 1]! * pairUnit + symbols[i]!;
      this.#pairCounts.set(pair, (this.#pairCounts.get(pair) ?? 0) + count);
      if (sign < 0) continue;
      if (merged !== undefined && symbols[i - 1] !== merged && symbols[i] !== merged) continue;
      const words = this.#pairWords.get(pair);
      if (words === undefined) this.#pairWords.set(pair, [word]);
      else if (words[words.length - 1] !== word) words.push(word);
      changed?.add(pair);
    }
  }
}

/** Pairs with the count that they had, largest count first, then smallest pair: a binary heap. */
class PairQueue {
  readonly #counts: number[] = [];
  readonly #pairs: number[] = [];

  push(count: number, pair: number): void {
    let at = this.#counts.length;
    this.#counts.push(count);
    this.#pairs.push(pair);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): { readonly count: number; readonly pair: number } | undefined {
    if (this.#counts.length === 0) return undefined;
    this.#swap(0, this.#counts.length - 1);
    const best = { count: this.#counts.pop()!, pair: this.#pairs.pop()! };
    for (let at = 0; ; ) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#counts.length && this.#isBefore(child, first)) first = child;
      }
      if (first === at) return best;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const byCount = this.#counts[a]! - this.#counts[b]!;
    return byCount > 0 || (byCount === 0 && this.#pairs[a]! < this.#pairs[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#counts[a], this.#counts[b]] = [this.#counts[b]!, this.#counts[a]!];
    [this.#pairs[a], this.#pairs[b]] = [this.#pairs[b]!, this.#pairs[a]!];
  }
}
