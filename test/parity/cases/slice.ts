import { allDTypes, type ParityCase } from '../harness.js';
import { typed } from './typed.js';

/** (outer, size, inner, start, length): everything, nothing, the ends, single elements, runs beyond a piece of work. */
export const sliceShapes = [
  [0, 3, 4, 1, 2],
  [3, 4, 0, 1, 2],
  [3, 4, 5, 4, 0],
  [3, 0, 5, 0, 0],
  [1, 1, 1, 0, 1],
  [9, 7, 1, 3, 1],
  [9, 7, 1, 0, 7],
  [7, 65, 3, 1, 64],
  [65, 3, 16, 2, 1],
  [2, 63, 65, 60, 3],
  [1, 1000, 64, 3, 990],
  [3, 257, 101, 0, 200],
  [1000, 5, 4, 1, 2],
] as const;

export const slice: ParityCase[] = sliceShapes.flatMap(([outer, size, inner, start, length]) =>
  allDTypes.map((dtype) => ({
    title: `${outer}x${size}x${inner} from ${start}, ${length} ${dtype}`,
    inputs: { x: typed(dtype, outer * size * inner, 1) },
    outputs: { out: { dtype, length: outer * length * inner } },
    numbers: { outer, size, inner, start, length },
    tolerance: 0,
  })),
);
