/** The entry of the worker thread. */
import { parentPort } from 'node:worker_threads';
import { Dispatcher } from './dispatcher.js';
import type { ToWorker } from './protocol.js';

const port = parentPort;
if (port === null) throw new Error('this file runs in a worker');
const dispatcher = new Dispatcher((message) => port.postMessage(message));
port.on('message', (message: ToWorker) => dispatcher.receive(message));
