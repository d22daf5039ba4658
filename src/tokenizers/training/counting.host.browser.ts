/** Counting words in a browser: on the thread that asks, a text at a time. See `counting.host.node.ts` for the twin. */
import { Counter, type CounterPort, type FromCounter } from './counter.js';

export const counterThreads = (): number => 1;

export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export function startCounter(): CounterPort {
  const counter = new Counter();
  let listener: (message: FromCounter) => void = () => {};
  return {
    post: (message) => {
      setTimeout(() => listener(counter.answer(message)));
    },
    onMessage: (given) => {
      listener = given;
    },
    onFailure: () => {},
    terminate: async () => {},
  };
}
