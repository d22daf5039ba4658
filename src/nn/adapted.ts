/**
 * The seam of adapters: a projection adds what the adapters of its rows have for it, y = W x + scale · B (A x) (LoRA, arXiv
 * 2106.09685). Each segment of a batch has an adapter of its own or none, and its rows have the bits that they have alone.
 */
import { accumulate, add, concat, groupedMatmul, isRecorded, scale, Tensor } from '../tensor/index.js';

/** What is added to W (outputs, inputs): scale · B A, with A (r, inputs) and B (outputs, r). */
export interface LowRank {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly scale: number;
}

/** Small weights beside those of a frozen model. */
export interface ProjectionAdapter {
  /** What it has for a projection, by the name that this has on disk, without `.weight`. */
  lowRank(name: string): LowRank | undefined;
}

/** Segments of so many rows each, and the adapter of each. */
export interface AdaptedSegments {
  readonly lengths: readonly number[];
  readonly adapters?: readonly (ProjectionAdapter | undefined)[] | undefined;
}

/** The projection that is adapted: all rows of a matrix on disk, or some of them. */
export interface ProjectionSite {
  readonly name: string;
  readonly rows?: readonly [from: number, to: number] | undefined;
}

/** Rows [from, to) of a batch that one thing is done with. */
export interface RowRange<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

/** Rows of neighbouring segments whose adapters give the same value, in order; those without one are left out. */
export function adaptedRanges<T>(
  { lengths, adapters }: AdaptedSegments,
  find: (adapter: ProjectionAdapter) => T | undefined,
): RowRange<T>[] {
  const ranges: RowRange<T>[] = [];
  let from = 0;
  for (const [s, length] of lengths.entries()) {
    const adapter = adapters?.[s];
    const value = adapter && length > 0 ? find(adapter) : undefined;
    const last = ranges.at(-1);
    if (value !== undefined && last?.to === from && last.value === value) {
      ranges[ranges.length - 1] = { ...last, to: from + length };
    } else if (value !== undefined) {
      ranges.push({ from, to: from + length, value });
    }
    from += length;
  }
  return ranges;
}

/** What a projection's rows get from adapters; none where nobody has anything for it. */
export const deltasAt = (segments: AdaptedSegments | undefined, { name }: ProjectionSite): RowRange<LowRank>[] =>
  segments?.adapters === undefined ? [] : adaptedRanges(segments, (adapter) => adapter.lowRank(name));

/**
 * y (T, outputs) and what is added to the rows of x (T, inputs). Without a gradient y is changed in place, so that other rows
 * are not touched; ranges side by side, of one rank, are one grouped product, in which a row has the bits that it has alone.
 */
export function addDeltas(y: Tensor, x: Tensor, deltas: readonly RowRange<LowRank>[], site: ProjectionSite): Tensor {
  const stretches = stretchesOf(deltas);
  if (stretches.length === 0) return y;
  const [{ from, to }] = stretches as [Stretch];
  const taped = isRecorded([y, x, ...deltas.flatMap(({ value: { a, b } }) => [a, b])]);
  if (taped && from === 0 && to === y.shape[0]) return add(y, product(x, stretches[0]!, site));
  if (!taped) {
    for (const stretch of stretches) {
      accumulate(y.range(stretch.from, stretch.to), product(x.range(stretch.from, stretch.to), stretch, site));
    }
    return y;
  }
  const parts: Tensor[] = [];
  let end = 0;
  for (const stretch of stretches) {
    if (stretch.from > end) parts.push(y.range(end, stretch.from));
    end = stretch.to;
    parts.push(add(y.range(stretch.from, end), product(x.range(stretch.from, end), stretch, site)));
  }
  if (end < y.shape[0]!) parts.push(y.range(end, y.shape[0]!));
  return concat(parts, 0);
}

/** Ranges side by side whose products have one shape. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly deltas: readonly RowRange<LowRank>[];
}

function stretchesOf(deltas: readonly RowRange<LowRank>[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const delta of deltas) {
    const last = stretches.at(-1);
    if (last !== undefined && last.to === delta.from && sameForm(last.deltas[0]!.value, delta.value)) {
      stretches[stretches.length - 1] = { from: last.from, to: delta.to, deltas: [...last.deltas, delta] };
    } else {
      stretches.push({ from: delta.from, to: delta.to, deltas: [delta] });
    }
  }
  return stretches;
}

const sameForm = (one: LowRank, other: LowRank): boolean =>
  one.a.shape[0] === other.a.shape[0] && one.scale === other.scale;

/** scale · B (A x) of the rows of a stretch. */
function product(x: Tensor, { from, deltas }: Stretch, { rows }: ProjectionSite): Tensor {
  const ends = Int32Array.of(0, ...deltas.map((delta) => delta.to - from));
  const offsets = Tensor.from(x.device, [ends.length], ends);
  const b = deltas.map(({ value }) => (rows === undefined ? value.b : value.b.range(...rows)));
  return lowRankProduct(
    x,
    offsets,
    deltas.map(({ value: { a } }) => a),
    b,
    deltas[0]!.value.scale,
  );
}

/** As `groupedMatmul`, with B A in each matrix's place. */
export const lowRankProduct = (
  x: Tensor,
  offsets: Tensor,
  a: readonly Tensor[],
  b: readonly Tensor[],
  factor: number,
): Tensor => groupedMatmul(scale(groupedMatmul(x, a, offsets), factor), b, offsets);
