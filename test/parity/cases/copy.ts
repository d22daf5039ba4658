import { allDTypes, type ParityCase, paritySizes } from '../harness.js';
import { typed } from './typed.js';

/** The target is longer than what is copied: its tail stays. */
export const copy: ParityCase[] = [...paritySizes, 100_003].flatMap((count) =>
  allDTypes.map((dtype) => ({
    title: `${count} ${dtype}`,
    inputs: { x: typed(dtype, count, 1), into: typed(dtype, count + 3, 2) },
    outputs: {},
    numbers: { count },
    tolerance: 0,
  })),
);
