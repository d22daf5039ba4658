import type { DType } from '../../../src/contract/index.js';
import { floats, integers, type Operand, type ParityCase } from '../harness.js';
import { narrowed, offsetsOf, pageTable } from './attention.js';

/** Normal values, and what rounding to 16 bits has to get right: ties, subnormals, overflow, infinities, signed zeros. */
function corners(count: number, seed: number): Operand {
  const operand = floats(count, seed, 3);
  const values = [
    0,
    -0,
    1 + 2 ** -8,
    1 + 3 * 2 ** -8,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65504,
    65519.996,
    65520,
    -65536,
    2 ** -14,
    2 ** -24,
    2 ** -25,
    1.5 * 2 ** -25,
    3 * 2 ** -25,
    1e-40,
    3.4e38,
    -3.4e38,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const [i, value] of values.entries()) if (i < count) operand.data[i] = value;
  return operand;
}

const batches = [
  [],
  [{ start: 0, length: 0 }],
  [{ start: 63, length: 1 }],
  [
    { start: 0, length: 65 },
    { start: 200, length: 3 },
    { start: 9, length: 0 },
    { start: 127, length: 2 },
  ],
];

export const appendKeyValue: ParityCase[] = (['f32', 'bf16', 'f16'] as const).flatMap((dtype: DType) =>
  batches.flatMap((segments) =>
    [0, 1, 7, 65].flatMap((width) =>
      [64, 128].map((pageTokens): ParityCase => {
        const rows = segments.reduce((sum, { length }) => sum + length, 0);
        const ends = segments.map(({ start, length }) => start + length);
        const maxPages = Math.max(1, ...ends.map((end) => Math.ceil(end / pageTokens)));
        const pages = 1 + ends.reduce((sum, end) => sum + Math.ceil(end / pageTokens), 0);
        return {
          title: `${dtype} ${segments.map((s) => `${s.start}+${s.length}`)} width ${width} pages of ${pageTokens}`,
          inputs: {
            k: corners(rows * width, 1),
            v: corners(rows * width, 2),
            pageTable: pageTable(ends, pageTokens, maxPages, pages),
            offsets: offsetsOf(segments.map(({ length }) => length)),
            starts: integers(segments.map(({ start }) => start)),
            keyPages: narrowed(floats(pages * pageTokens * width, 3), dtype),
            valuePages: narrowed(floats(pages * pageTokens * width, 4), dtype),
          },
          outputs: {},
          numbers: { rows, segments: segments.length, width, pageTokens, maxPages, pages },
        };
      }),
    ),
  ),
);
