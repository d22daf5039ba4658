/**
 * What the tokenizers ask of a browser: see `host.node.ts` for the twin.
 */

/**
 * Runs `work` directly: a browser has no way to interrupt synchronous code from within its thread. The page that loads
 * files it does not trust runs the tokenizer in a worker and terminates that worker when it stays silent for too long.
 */
export function withDeadline<T>(_milliseconds: number, _what: string, work: () => T): T {
  return work();
}

export { counterThreads, startCounter, yieldToEvents } from './training/counting.host.browser.js';
