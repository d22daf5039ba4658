import { allDTypes, type ParityCase } from '../harness.js';
import { typed } from './typed.js';

/** (outer, rows, columns, inner): tiles whole and cut, single elements and runs. */
const shapes = [
  [0, 3, 4, 1],
  [2, 0, 4, 3],
  [2, 3, 4, 0],
  [1, 1, 1, 1],
  [1, 1, 65, 1],
  [2, 7, 1, 1],
  [3, 15, 17, 1],
  [1, 64, 63, 1],
  [1, 257, 65, 1],
  [2, 100, 1000, 1],
  [1, 3, 5, 2],
  [2, 65, 7, 4],
  [1, 12, 64, 64],
  [3, 7, 2, 257],
] as const;

export const transpose: ParityCase[] = shapes.flatMap(([outer, rows, columns, inner]) =>
  allDTypes.map((dtype) => ({
    title: `${outer}x${rows}x${columns}x${inner} ${dtype}`,
    inputs: { x: typed(dtype, outer * rows * columns * inner, 1) },
    outputs: { out: { dtype, length: outer * rows * columns * inner } },
    numbers: { outer, rows, columns, inner },
    tolerance: 0,
  })),
);
