import { elementwise } from './elementwise.js';
import { extremes } from './silu.js';

export const sigmoid = elementwise((count) => ({ x: extremes(count, 1) }), 'out');
