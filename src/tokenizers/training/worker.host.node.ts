/** The entry of a thread that counts words. */
import { parentPort } from 'node:worker_threads';
import { Counter, type ToCounter } from './counter.js';

const port = parentPort;
if (port === null) throw new Error('this file runs in a worker');
const counter = new Counter();
port.on('message', (message: ToCounter) => port.postMessage(counter.answer(message)));
