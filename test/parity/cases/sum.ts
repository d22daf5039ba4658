import { floats, type ParityCase } from '../harness.js';

/** (outer, size, inner): both kernels (along a row, over rows), empty axes, more than one piece of work. */
export const reductionShapes = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [3, 0, 1],
  [1, 1, 1],
  [1, 1000, 1],
  [7, 63, 1],
  [5, 65, 1],
  [2, 257, 1],
  [1, 9, 7],
  [3, 64, 63],
  [2, 7, 65],
  [1, 257, 257],
  [4, 1, 1000],
  [1, 70, 1000],
  [300, 130, 1],
] as const;

export const sum: ParityCase[] = reductionShapes.map(([outer, size, inner]) => ({
  title: `${outer}x${size}x${inner}`,
  inputs: { x: floats(outer * size * inner, 1) },
  outputs: { out: { dtype: 'f32', length: outer * inner } },
  numbers: { outer, size, inner },
}));
