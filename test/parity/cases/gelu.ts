import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';
import { extremes } from './silu.js';

export const gelu = elementwise((count) => ({ x: extremes(count, 1) }), 'out');
export const geluBackward = elementwise((count) => ({ x: extremes(count, 1), dOut: floats(count, 2) }), 'dX');
