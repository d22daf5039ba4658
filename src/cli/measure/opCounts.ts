/**
 * The arithmetic of one command, from its op's definition in the op table and its sizes alone. A multiply-add is 2 FLOPs, an
 * exponential 1. Counted are products, convolutions, scans and attention; norms, activations, sums and what moves memory
 * count 0. What a backward op computes a second time, because the forward op did not keep it, is counted apart.
 */
import type { Command, Ref } from '../../contract/index.js';

export interface Work {
  readonly flops: number;
  /** Of work done again in a backward op: no progress, but time. */
  readonly recomputedFlops: number;
  readonly calls: number;
}

export const noWork: Work = { flops: 0, recomputedFlops: 0, calls: 0 };

const work = (flops: number, recomputedFlops = 0): Work => ({ flops, recomputedFlops, calls: 1 });

/** `count` whole numbers of a buffer from a place on. */
export type ReadNumbers = (ref: Ref, count: number) => ArrayLike<number>;

export function countCommand({ name, args }: Command, numbers: ReadNumbers): Work {
  switch (name) {
    case 'matmul':
    case 'matmulInt8':
    case 'groupedMatmul':
    case 'groupedMatmulInt8':
    case 'groupedWeightGrad':
      return work(2 * args.rows * args.inner * args.columns);
    case 'conv1d':
      return work(2 * args.width * args.rows * args.channels);
    case 'conv1dBackward': {
      // The same sum of products for the inputs' gradient and for the weights'.
      const asked = (args.dX === undefined ? 0 : 1) + (args.dWeight === undefined ? 0 : 1);
      return work(asked * 2 * args.width * args.rows * args.channels);
    }
    case 'selectiveScan':
      return work(scanFlops(args, 7, 3));
    case 'selectiveScanBackward':
      // Gradients of the seven, twice as many; the state and its decay are computed again (five) in each chunk.
      return work(scanFlops(args, 14, 7), scanFlops(args, 5, 1));
    case 'attention':
      return work(4 * args.heads * args.headSize * attentionPairs(args, numbers));
    case 'attentionBackward': {
      // Scores again; then the gradients of the weights, of v, of q and of k.
      const product = 2 * args.heads * args.headSize * attentionPairs(args, numbers);
      return work(4 * product, product);
    }
    default:
      return work(0);
  }
}

/**
 * Of each step, channel and place of the state: Δa, exp, decay · s + input (2), (Δu) b, the sum of s c (2); of each step and
 * channel: Δu, d u + sum (2).
 */
const scanFlops = (
  { rows, channels, stateSize }: { rows: number; channels: number; stateSize: number },
  perState: number,
  perChannel: number,
): number => rows * channels * (perState * stateSize + perChannel);

/** Pairs of a query and a key that it sees, in one head. */
function attentionPairs(
  { segments, offsets, starts, causal }: { segments: number; offsets: Ref; starts?: Ref | undefined; causal: number },
  numbers: ReadNumbers,
): number {
  const bounds = numbers(offsets, segments + 1);
  const first = starts === undefined ? undefined : numbers(starts, segments);
  let pairs = 0;
  for (let s = 0; s < segments; s++) {
    const rows = bounds[s + 1]! - bounds[s]!;
    const before = first?.[s] ?? 0;
    pairs += rows * before + (causal === 1 ? (rows * (rows + 1)) / 2 : rows * rows);
  }
  return pairs;
}
