import { type DType, numberToBf16, numberToF16 } from '../../../src/contract/index.js';
import { floats, integers, type Operand, type ParityCase, random } from '../harness.js';

/** Offsets of segments with these lengths. */
export function offsetsOf(lengths: readonly number[]): Operand {
  let end = 0;
  return integers([0, ...lengths.map((length) => (end += length))]);
}

const total = (lengths: readonly number[]) => lengths.reduce((a, b) => a + b, 0);

export const narrowed = (values: Operand, dtype: DType): Operand =>
  dtype === 'f32'
    ? values
    : { dtype, data: Uint16Array.from(values.data, dtype === 'bf16' ? numberToBf16 : numberToF16) };

interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

const headShapes: Heads[] = [
  { heads: 1, kvHeads: 1, headSize: 1 },
  { heads: 4, kvHeads: 2, headSize: 7 },
  { heads: 3, kvHeads: 3, headSize: 16 },
  { heads: 8, kvHeads: 2, headSize: 33 },
  { heads: 6, kvHeads: 1, headSize: 64 },
];
const lengthSets = [[], [0], [1], [7, 0, 65], [64, 63, 1], [130, 3]];
const scaleOf = (heads: Heads) => 1 / Math.sqrt(heads.headSize);

const results = (rows: number, { heads, headSize }: Heads): ParityCase['outputs'] => ({
  out: { dtype: 'f32', length: rows * heads * headSize },
  logSumExp: { dtype: 'f32', length: rows * heads },
});

function flat(lengths: readonly number[], shape: Heads, causal: number, spread = 1, starts = false): ParityCase {
  const rows = total(lengths);
  const { heads, kvHeads, headSize } = shape;
  return {
    title: `flat ${lengths} heads ${heads}/${kvHeads}x${headSize} causal ${causal} spread ${spread}`,
    inputs: {
      q: floats(rows * heads * headSize, 1, spread),
      k: floats(rows * kvHeads * headSize, 2, spread),
      v: floats(rows * kvHeads * headSize, 3),
      offsets: offsetsOf(lengths),
      ...(starts ? { starts: integers(lengths.map(() => 0)) } : {}),
    },
    outputs: results(rows, shape),
    numbers: {
      ...shape,
      rows,
      segments: lengths.length,
      causal,
      pageTokens: 0,
      maxPages: 0,
      pages: 0,
      bf16Products: 0,
      scale: scaleOf(shape),
    },
  };
}

/** A table of distinct pages in no order; entries behind a segment's last page are not page numbers. */
export function pageTable(ends: readonly number[], pageTokens: number, maxPages: number, pages: number): Operand {
  const { uniform } = random(9);
  const free = Array.from({ length: pages }, (_, page) => ({ page, key: uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ page }) => page);
  return integers(
    ends.flatMap((end) => Array.from({ length: maxPages }, (_, i) => (i * pageTokens < end ? free.pop()! : -1))),
  );
}

function paged(
  segments: readonly { start: number; length: number }[],
  shape: Heads,
  causal: number,
  dtype: DType,
  pageTokens: number,
  bf16Products = 0,
): ParityCase {
  const rows = total(segments.map(({ length }) => length));
  const ends = segments.map(({ start, length }) => (length === 0 ? 0 : start + length));
  const maxPages = Math.max(1, ...segments.map(({ start, length }) => Math.ceil((start + length) / pageTokens)));
  const pages = 1 + total(ends.map((end) => Math.ceil(end / pageTokens)));
  const { heads, kvHeads, headSize } = shape;
  const pool = (seed: number) => narrowed(floats(pages * pageTokens * kvHeads * headSize, seed), dtype);
  return {
    title: `pages of ${pageTokens} ${dtype} ${segments.map((s) => `${s.start}+${s.length}`)} heads ${heads}/${kvHeads}x${headSize} causal ${causal}${bf16Products === 1 ? ', products in bf16' : ''}`,
    inputs: {
      q: floats(rows * heads * headSize, 1),
      keyPages: pool(2),
      valuePages: pool(3),
      pageTable: pageTable(ends, pageTokens, maxPages, pages),
      offsets: offsetsOf(segments.map(({ length }) => length)),
      starts: integers(segments.map(({ start }) => start)),
    },
    outputs: results(rows, shape),
    numbers: {
      ...shape,
      rows,
      segments: segments.length,
      causal,
      pageTokens,
      maxPages,
      pages,
      bf16Products,
      scale: scaleOf(shape),
    },
    ...(bf16Products === 1 ? { tolerance: bf16Tolerance } : {}),
  };
}

/** A weight or a query that lies between two bf16 may be rounded to either; few do, each by 2^-8 of itself. */
const bf16Tolerance = 2e-3;

const batches = [
  [{ start: 5, length: 1 }],
  [
    { start: 0, length: 65 },
    { start: 200, length: 3 },
    { start: 9, length: 0 },
    { start: 127, length: 1 },
    { start: 60, length: 9 },
  ],
];

export const attention: ParityCase[] = [
  ...lengthSets.flatMap((lengths, i) => headShapes.map((shape, j) => flat(lengths, shape, (i + j) % 2))),
  flat([9, 70], { heads: 2, kvHeads: 1, headSize: 512 }, 1),
  flat([5], { heads: 130, kvHeads: 1, headSize: 8 }, 1),
  flat([257], { heads: 2, kvHeads: 2, headSize: 80 }, 0, 1, true),
  // Scores of several hundred: all but a few weights vanish, and the maximum moves from block to block. An f32 of that size is
  // rounded by up to 1.5e-5, which a weight takes over.
  { ...flat([300], { heads: 2, kvHeads: 1, headSize: 64 }, 1, 6), tolerance: 3e-5 },
  ...(['f32', 'bf16', 'f16'] as const).flatMap((dtype) =>
    batches.flatMap((batch) =>
      headShapes.map((shape, i) => paged(batch, shape, i === 1 ? 0 : 1, dtype, i % 2 === 0 ? 64 : 128)),
    ),
  ),
  ...batches.flatMap((batch) => headShapes.map((shape, i) => paged(batch, shape, i === 1 ? 0 : 1, 'bf16', 64, 1))),
];

/** The gradient's formula holds for any `out` and `logSumExp`; these keep the weights near those of a softmax. */
function backward(lengths: readonly number[], shape: Heads, causal: number): ParityCase {
  const rows = total(lengths);
  const keys = rows * shape.kvHeads * shape.headSize;
  const queries = rows * shape.heads * shape.headSize;
  const logSumExp = floats(rows * shape.heads, 7, 0.3);
  return {
    title: `${lengths} heads ${shape.heads}/${shape.kvHeads}x${shape.headSize} causal ${causal}`,
    inputs: {
      q: floats(queries, 1),
      k: floats(keys, 2),
      v: floats(keys, 3),
      offsets: offsetsOf(lengths),
      out: floats(queries, 4, 0.3),
      logSumExp: { dtype: 'f32', data: logSumExp.data.map((value) => value + 3) as Float32Array },
      dOut: floats(queries, 5),
    },
    outputs: {
      dQ: { dtype: 'f32', length: queries },
      dK: { dtype: 'f32', length: keys },
      dV: { dtype: 'f32', length: keys },
      rest: { dtype: 'f32', length: rows * shape.heads },
    },
    numbers: { ...shape, rows, segments: lengths.length, causal, scale: scaleOf(shape) },
  };
}

export const attentionBackward: ParityCase[] = [
  ...lengthSets.flatMap((lengths, i) => headShapes.map((shape, j) => backward(lengths, shape, (i + j) % 2))),
  backward([9, 70], { heads: 2, kvHeads: 1, headSize: 512 }, 1),
  backward([5], { heads: 130, kvHeads: 1, headSize: 8 }, 1),
  backward([150], { heads: 2, kvHeads: 2, headSize: 80 }, 0),
];
