import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';

export const exp = [
  ...elementwise((count) => ({ x: floats(count, 1) }), 'out'),
  ...elementwise(
    () => ({ x: { dtype: 'f32', data: Float32Array.of(88.7, -87.3, -104.5, 0, -0, -1e30, 1e-30) } }),
    'out',
    {},
    [7],
  ),
];
