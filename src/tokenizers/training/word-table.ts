/** The distinct words of a stream of texts with their counts, counted by several threads. */
import { startCounter } from '#tokenizers/host';
import { JambalayaError } from '../../errors/index.js';
import type { CounterPort, FromCounter } from './counter.js';
import { piecesOf } from './words.js';

/** UTF-16 units of a batch that goes to a thread. */
const batchLength = 2 ** 20;
/** Batches after which the threads hand over what they have counted. With `mostWords` it bounds the tables' sizes. */
const batchesPerRound = 32;
/** Distinct words that are kept from one round to the next. */
const mostWords = 4_000_000;
/** Batches that a thread holds: one that it counts, one that waits. */
const batchesInFlight = 2;

interface Thread {
  readonly port: CounterPort;
  /** Who waits for the answers to come, in order. */
  readonly waiting: ((answer: FromCounter) => void)[];
}

export class WordTable {
  /** Of the rounds that are over; of everything after `finish`. */
  readonly words = new Map<string, number>();
  characters = 0;
  droppedWords = 0;

  readonly #threads: Thread[];
  #batch: string[] = [];
  #batchLength = 0;
  #batches = 0;
  /** Answers of each thread that are still to come. */
  readonly #inFlight: Promise<FromCounter>[][];
  #fail: (error: Error) => void = () => {};
  readonly #failure: Promise<never>;

  constructor(
    threads: number,
    readonly limits = { mostWords, batchesPerRound, batchLength },
  ) {
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
    this.#threads = Array.from({ length: threads }, () => this.#start());
    this.#inFlight = this.#threads.map(() => []);
  }

  /** Counts a text. Waits while the threads have enough to do. */
  async add(text: string): Promise<void> {
    this.characters += text.length;
    for (const piece of piecesOf(text, this.limits.batchLength)) {
      this.#batch.push(piece);
      this.#batchLength += piece.length;
      if (this.#batchLength >= this.limits.batchLength) await this.#sendBatch();
    }
  }

  /** Counts what is left. */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) await this.#sendBatch();
    await this.#endRound();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#threads.map(({ port }) => port.terminate()));
  }

  #start(): Thread {
    const port = startCounter();
    const waiting: Thread['waiting'] = [];
    port.onMessage((answer) => waiting.shift()?.(answer));
    port.onFailure((cause) => {
      const reason = cause.message;
      this.#fail(new JambalayaError('unavailable', { what: 'a thread that counts words', reason }, { cause }));
    });
    return { port, waiting };
  }

  #ask(thread: number, message: Parameters<CounterPort['post']>[0]): void {
    const { port, waiting } = this.#threads[thread]!;
    this.#inFlight[thread]!.push(new Promise((resolve) => waiting.push(resolve)));
    port.post(message);
  }

  #answer(thread: number): Promise<FromCounter> {
    return Promise.race([this.#inFlight[thread]!.shift()!, this.#failure]);
  }

  /** To the threads in turn. */
  async #sendBatch(): Promise<void> {
    const thread = this.#batches % this.#threads.length;
    if (this.#inFlight[thread]!.length === batchesInFlight) await this.#answer(thread);
    this.#ask(thread, { type: 'count', texts: this.#batch });
    this.#batch = [];
    this.#batchLength = 0;
    this.#batches++;
    if (this.#batches % this.limits.batchesPerRound === 0) await this.#endRound();
  }

  async #endRound(): Promise<void> {
    for (const thread of this.#threads.keys()) this.#ask(thread, { type: 'take' });
    for (const [thread, inFlight] of this.#inFlight.entries()) {
      while (inFlight.length > 0) {
        const answer = await this.#answer(thread);
        if (answer.type === 'taken') this.#addAll(answer.words, answer.counts);
      }
    }
    this.#cutBack();
  }

  #addAll(words: readonly string[], counts: readonly number[]): void {
    for (let i = 0; i < words.length; i++) {
      this.words.set(words[i]!, (this.words.get(words[i]!) ?? 0) + counts[i]!);
    }
  }

  /** Drops the rarest words until there are few enough: those that stand once, then those that stand twice, and so on. */
  #cutBack(): void {
    const before = this.words.size;
    for (let rarest = 1; this.words.size > this.limits.mostWords; rarest++) {
      for (const [word, count] of this.words) if (count <= rarest) this.words.delete(word);
    }
    this.droppedWords += before - this.words.size;
  }
}
