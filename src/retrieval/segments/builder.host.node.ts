/** A segment in the making: passages go to disk at once, the terms' lists stay in memory until the segment is full. */
import { ByteWriter } from '../bytes.js';
import { type Passage, searchedText } from '../passage.js';
import { termsOf } from '../terms.js';
import { compareTerms } from './layout.js';
import { SegmentSink } from './sink.host.node.js';

/** About what a term and a posting take. */
const termBytes = 150;
const postingBytes = 12;

export class SegmentBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #terms: string[] = [];
  /** Of each term the last posting. */
  readonly #last = new Numbers();
  /** Of each posting: its term, its passage, how often. */
  readonly #termOf = new Numbers();
  readonly #passageOf = new Numbers();
  readonly #times = new Numbers();

  static async create(path: string): Promise<SegmentBuilder> {
    return new SegmentBuilder(await SegmentSink.create(path));
  }

  private constructor(private readonly sink: SegmentSink) {}

  get passages(): number {
    return this.sink.passages;
  }

  /** About what it takes in memory. */
  get memoryBytes(): number {
    return termBytes * this.#terms.length + postingBytes * this.#termOf.length;
  }

  /** Gives the number of its terms. */
  async add(passage: Passage): Promise<number> {
    const terms = termsOf(searchedText(passage));
    const number = this.sink.passages;
    await this.sink.addPassage(passage, terms.length);
    for (const text of terms) {
      let term = this.#numbers.get(text);
      if (term === undefined) {
        term = this.#terms.length;
        this.#numbers.set(text, term);
        this.#terms.push(text);
        this.#last.push(-1);
      }
      const last = this.#last.values[term]!;
      if (last >= 0 && this.#passageOf.values[last] === number) this.#times.values[last]!++;
      else {
        this.#last.values[term] = this.#termOf.length;
        this.#termOf.push(term);
        this.#passageOf.push(number);
        this.#times.push(1);
      }
    }
    return terms.length;
  }

  /** Puts the segment in its place. Gives its bytes. */
  async finish(): Promise<number> {
    const { values: termOf, length } = this.#termOf;
    // Postings by term, those of a term in the order of passages: a counting sort.
    const starts = new Uint32Array(this.#terms.length + 1);
    for (let i = 0; i < length; i++) starts[termOf[i]! + 1]!++;
    for (let term = 0; term < this.#terms.length; term++) starts[term + 1]! += starts[term]!;
    const place = starts.slice();
    const order = new Uint32Array(length);
    for (let i = 0; i < length; i++) order[place[termOf[i]!]!++] = i;

    const sorted = Uint32Array.from(this.#terms.keys()).sort((a, b) => compareTerms(this.#terms[a]!, this.#terms[b]!));
    const postings = new PostingsWriter();
    for (const term of sorted) {
      postings.clear();
      for (let at = starts[term]!; at < starts[term + 1]!; at++) {
        const posting = order[at]!;
        postings.add(this.#passageOf.values[posting]!, this.#times.values[posting]!);
      }
      await this.sink.addTerm(this.#terms[term]!, postings.count, postings.bytes);
    }
    return this.sink.finish();
  }

  abandon(): Promise<void> {
    return this.sink.abandon();
  }
}

/** The list of one term as it is stored. */
export class PostingsWriter {
  readonly #writer = new ByteWriter();
  #last = -1;
  count = 0;

  get bytes(): Uint8Array {
    return this.#writer.bytes;
  }

  clear(): void {
    this.#writer.clear();
    this.#last = -1;
    this.count = 0;
  }

  /** Passages come in rising order. */
  add(passage: number, times: number): void {
    const distance = passage - this.#last;
    this.#writer.number(2 * distance + (times === 1 ? 1 : 0));
    if (times !== 1) this.#writer.number(times);
    this.#last = passage;
    this.count++;
  }
}

/** Numbers that grow in number. */
class Numbers {
  values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}
