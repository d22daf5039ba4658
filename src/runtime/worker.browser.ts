/** The entry of the web worker. */
import { Dispatcher } from './dispatcher.js';
import type { ToWorker } from './protocol.js';

const dispatcher = new Dispatcher((message) => globalThis.postMessage(message));
globalThis.onmessage = ({ data }: MessageEvent<ToWorker>) => dispatcher.receive(data);
