import { allDTypes, type ParityCase } from '../harness.js';
import { sliceShapes } from './slice.js';
import { typed } from './typed.js';

export const pad: ParityCase[] = sliceShapes.flatMap(([outer, size, inner, start, length]) =>
  allDTypes.map((dtype) => ({
    title: `${outer}x${length}x${inner} at ${start} of ${size} ${dtype}`,
    inputs: { x: typed(dtype, outer * length * inner, 1) },
    outputs: { out: { dtype, length: outer * size * inner } },
    numbers: { outer, size, inner, start, length },
    tolerance: 0,
  })),
);
