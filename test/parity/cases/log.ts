import { floats, type Operand } from '../harness.js';
import { elementwise } from './elementwise.js';

const positive = (count: number): Operand => ({
  dtype: 'f32',
  data: floats(count, 1, 8).data.map(Math.exp) as Float32Array,
});

export const log = [
  ...elementwise((count) => ({ x: positive(count) }), 'out'),
  ...elementwise(
    () => ({ x: { dtype: 'f32', data: Float32Array.of(0, -0, -1, 1, 1e-45, 3e38, Number.POSITIVE_INFINITY) } }),
    'out',
    {},
    [7],
  ),
];
