/** Counting words in several threads: what is asked of a thread, and what comes back. */
import { countWords } from './words.js';

/** To a counter: texts, none of which a word may cross; or the request for what has been counted since the last one. */
export type ToCounter = { readonly type: 'count'; readonly texts: readonly string[] } | { readonly type: 'take' };

/** From a counter: a batch of texts is done; or the words with their counts, in parallel arrays. */
export type FromCounter =
  | { readonly type: 'counted' }
  | { readonly type: 'taken'; readonly words: readonly string[]; readonly counts: readonly number[] };

/** One thread that counts words. Messages are answered in order. */
export interface CounterPort {
  post(message: ToCounter): void;
  onMessage(listener: (message: FromCounter) => void): void;
  /** Called when it cannot go on. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): Promise<void>;
}

/** The work of a counter, on whichever thread. */
export class Counter {
  #counts = new Map<string, number>();

  answer(message: ToCounter): FromCounter {
    if (message.type === 'count') {
      for (const text of message.texts) countWords(text, this.#counts);
      return { type: 'counted' };
    }
    const counts = this.#counts;
    this.#counts = new Map();
    return { type: 'taken', words: [...counts.keys()], counts: [...counts.values()] };
  }
}
