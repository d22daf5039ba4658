import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';

const dropped = (probability: number, seedLow: number, seedHigh: number, sizes?: readonly number[]) =>
  elementwise(
    (count) => ({ x: floats(count, 1) }),
    'out',
    { probability: Math.fround(probability), seedLow, seedHigh },
    sizes,
  );

export const dropout = [
  ...dropped(0.1, 1, 2),
  ...dropped(0.5, -1, 0x7fffffff, [257]),
  ...dropped(0, 5, 6, [257]),
  ...dropped(1e-9, 5, 6, [257]),
  ...dropped(1 - 2 ** -24, 7, 8, [257]),
  ...dropped(1, 7, 8, [257]).map((test) => ({ ...test, tolerance: 0 })),
];
