/** Threads that count words, in Node. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JambalayaError } from '../../errors/index.js';
import type { CounterPort, FromCounter } from './counter.js';

/** Threads that can run at the same time. */
export const counterThreads = (): number => availableParallelism();

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A worker thread. The compiled file serves callers that run from source, too. */
export function startCounter(): CounterPort {
  const file = new URL('../../../dist/tokenizers/training/worker.host.node.js', import.meta.url);
  if (!existsSync(file)) {
    throw new JambalayaError(
      'unavailable',
      { what: 'the thread that counts words', reason: `${fileURLToPath(file)} does not exist` },
      { hint: 'run `npm run build`' },
    );
  }
  const worker = new Worker(file, { name: 'jambalaya-words', execArgv: [] });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', (message: FromCounter) => listener(message)),
    onFailure: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`the thread ended with code ${code}`)));
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}
