import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';

export const scale = [
  ...elementwise((count) => ({ x: floats(count, 1) }), 'out', { factor: -0.5, shift: 0.25 }),
  ...elementwise((count) => ({ x: floats(count, 1) }), 'out', { factor: 3, shift: 0 }, [65]),
];
