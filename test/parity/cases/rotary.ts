import { between, floats, integers, type ParityCase } from '../harness.js';
import { offsetsOf } from './attention.js';

const batches = [
  [],
  [{ start: 0, length: 0 }],
  [{ start: 0, length: 9 }],
  [
    { start: 0, length: 3 },
    { start: 200, length: 2 },
    { start: 9, length: 0 },
    // Where a float of the angle has lost its fraction.
    { start: 1_000_003, length: 4 },
    { start: 2 ** 31 - 2, length: 2 },
  ],
];

export const rotary: ParityCase[] = batches.flatMap((segments) =>
  [
    [0, 8],
    [1, 2],
    [3, 16],
    [2, 64],
    [1, 66],
    [2, 512],
  ].flatMap(([heads, headSize]) =>
    [
      { withStarts: true, inverse: 0, factor: 1 },
      { withStarts: true, inverse: 1, factor: 1.2 },
      { withStarts: false, inverse: 0, factor: 1.2 },
    ].map(({ withStarts, inverse, factor }): ParityCase => {
      const rows = segments.reduce((sum, { length }) => sum + length, 0);
      return {
        title: `${segments.map((s) => `${s.start}+${s.length}`)} ${heads} of ${headSize}, ${factor} ${inverse} ${withStarts}`,
        inputs: {
          x: floats(rows * heads! * headSize!, 1),
          frequencies: between(1e-6, 1, headSize! / 2, 2),
          offsets: offsetsOf(segments.map(({ length }) => length)),
          ...(withStarts ? { starts: integers(segments.map(({ start }) => start)) } : {}),
        },
        outputs: { out: { dtype: 'f32', length: rows * heads! * headSize! } },
        numbers: { rows, segments: segments.length, heads: heads!, headSize: headSize!, inverse, factor },
      };
    }),
  ),
);
