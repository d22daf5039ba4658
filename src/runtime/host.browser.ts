/** Workers, in a browser. */
import type { FromWorker, WorkerPort } from './protocol.js';

/** Lets the event loop deliver what has arrived; a message to oneself is not held back as a timer is. */
export const yieldToEvents = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/** A module worker from the file that the bundler puts beside this one. */
export function startWorker(): WorkerPort {
  const worker = new Worker(new URL('./worker.browser.js', import.meta.url), { type: 'module', name: 'jambalaya' });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => listener(data);
    },
    onFailure: (listener) => {
      worker.onerror = ({ message }) => listener(new Error(message));
    },
    terminate: async () => worker.terminate(),
  };
}

/** Memory that both sides of a worker see, where the page is isolated enough to have any. */
export const sharedFlag = (): Int32Array | undefined =>
  globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

/** A page does not know its machine's memory. */
export const machineMemory = ():
  | { readonly availableBytes: number; readonly residentBytes: number; readonly peakResidentBytes: number }
  | undefined => undefined;

/** Files of a folder that a cache keeps for a later process. */
export interface StateFiles {
  list(): Promise<readonly string[]>;
  size(name: string): Promise<number>;
  read(name: string, offset?: number, length?: number): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A page has no folders. */
export const stateFiles = async (_parent: string, _place: string): Promise<StateFiles | undefined> => undefined;
