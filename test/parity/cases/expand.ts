import { allDTypes, type ParityCase } from '../harness.js';
import { reductionShapes } from './sum.js';
import { typed } from './typed.js';

export const expand: ParityCase[] = reductionShapes.flatMap(([outer, size, inner]) =>
  allDTypes.map((dtype) => ({
    title: `${outer}x${size}x${inner} ${dtype}`,
    inputs: { x: typed(dtype, outer * inner, 1) },
    outputs: { out: { dtype, length: outer * size * inner } },
    numbers: { outer, size, inner },
    tolerance: 0,
  })),
);
