/** Workers, in Node. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JambalayaError } from '../errors/index.js';
import type { FromWorker, WorkerPort } from './protocol.js';

/** Lets the event loop deliver what has arrived. */
export const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A worker thread that waits for a model to load. The compiled file serves callers that run from source, too. */
export function startWorker(): WorkerPort {
  const file = new URL('../../dist/runtime/worker.host.node.js', import.meta.url);
  if (!existsSync(file)) {
    throw new JambalayaError(
      'unavailable',
      { what: 'the model worker', reason: `${fileURLToPath(file)} does not exist` },
      { hint: 'run `npm run build`' },
    );
  }
  // Without the process's own flags: conditions, loaders and hooks of the program are not for the compiled file.
  const worker = new Worker(file, { name: 'jambalaya', execArgv: [] });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', (message: FromWorker) => listener(message)),
    onFailure: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`it ended with code ${code}`)));
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}

/** Memory that both sides of a worker see. */
export const sharedFlag = (): Int32Array | undefined => new Int32Array(new SharedArrayBuffer(4));
