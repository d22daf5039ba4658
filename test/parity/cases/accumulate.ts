import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';

export const accumulate = elementwise((count) => ({ x: floats(count, 1), into: floats(count, 2) }), '');
