import { allDTypes, integers, type ParityCase } from '../harness.js';
import { typed } from './typed.js';

const shapes = [
  { outer: 3, inner: 4, sizes: [] },
  { outer: 0, inner: 4, sizes: [1, 2] },
  { outer: 3, inner: 0, sizes: [1, 2] },
  { outer: 1, inner: 1, sizes: [1] },
  { outer: 9, inner: 1, sizes: [1, 0, 7, 1] },
  { outer: 63, inner: 5, sizes: [3, 1, 64] },
  { outer: 2, inner: 257, sizes: [65, 0, 200] },
  { outer: 1, inner: 1000, sizes: [63, 7] },
];

export const concat: ParityCase[] = shapes.flatMap(({ outer, inner, sizes }) =>
  allDTypes.map((dtype) => {
    const size = sizes.reduce((total, part) => total + part, 0);
    return {
      title: `${outer}x(${sizes})x${inner} ${dtype}`,
      inputs: { x: sizes.map((part, i) => typed(dtype, outer * part * inner, i)), sizes: integers(sizes) },
      outputs: { out: { dtype, length: outer * size * inner } },
      numbers: { outer, size, inner, parts: sizes.length },
      tolerance: 0,
    };
  }),
);
