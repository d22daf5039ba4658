/** How a corpus is cut for the memory that there is. */
import { JambalayaError } from '../../errors/index.js';

export interface CountPlan {
  /** Positions of one chunk, whose sorted keys are one run file. */
  readonly chunkPositions: number;
  /** Ranges of first words by which runs are split. */
  readonly buckets: number;
}

/** What Node, the program and the tables of characters take, whatever is counted. */
const baseBytes = 110e6;
/** Of a position of a chunk: its id, its key, and the key's place while it is sorted. */
const positionBytes = 4 + 16 + 16;
/** Keys of a bucket in one chunk, so that it is sorted within a core's own cache. */
const bucketKeys = 2 ** 14;
const mostBuckets = 1024;
const mostPositions = 2 ** 23;
export const fewestPositions = 2 ** 16;

/**
 * @param words distinct words of the corpus, each with a rank in memory
 * @throws `memory` if there is not even room for the smallest chunks
 */
export function planCount(memoryBytes: number, threads: number, words: number, positions: number): CountPlan {
  const tables = baseBytes + 6 * words;
  const room = Math.floor((memoryBytes - tables) / (positionBytes * threads));
  if (room < fewestPositions) {
    const neededBytes = tables + positionBytes * threads * fewestPositions;
    throw new JambalayaError(
      'memory',
      { what: 'counting', neededBytes, availableBytes: memoryBytes },
      { hint: 'Allow more with --memory, or take fewer threads.' },
    );
  }
  const chunkPositions = Math.min(room, mostPositions, Math.max(fewestPositions, Math.ceil(positions / threads)));
  const buckets = Math.min(mostBuckets, Math.max(1, Math.ceil(chunkPositions / bucketKeys)));
  return { chunkPositions, buckets };
}

/** Words by falling count (of equal ones, the one that came first), and the rank of each: 0 for those under the minimum. */
export interface Ranks {
  /** Ids of the words that are kept, the most frequent first: the rank of `order[i]` is i + 1. */
  readonly order: Uint32Array;
  readonly rankOf: Uint32Array;
}

/** Ranks have to fit a key. */
const mostRanks = 2 ** 24 - 2;

export function rankWords(counts: Uint32Array, minCount: number, into: Uint32Array): Ranks {
  let kept = 0;
  for (const count of counts) if (count >= minCount) kept++;
  if (kept > mostRanks) {
    throw new JambalayaError(
      'limit',
      { what: 'words at or above the minimum count', limit: mostRanks, found: kept },
      { hint: 'Raise --min-count.' },
    );
  }
  const keys = new BigUint64Array(kept);
  for (let id = 0, at = 0; id < counts.length; id++) {
    if (counts[id]! >= minCount) keys[at++] = (BigInt(0xffffffff - counts[id]!) << 32n) | BigInt(id);
  }
  keys.sort();
  const order = Uint32Array.from(keys, (key) => Number(key & 0xffffffffn));
  into.fill(0);
  for (let i = 0; i < order.length; i++) into[order[i]!] = i + 1;
  return { order, rankOf: into };
}

/** Ranges of ranks with about equally many positions each: the bucket of each rank, rising. */
export function bucketsOfRanks(counts: Uint32Array, order: Uint32Array, buckets: number, into: Uint16Array): void {
  let total = 0;
  for (const id of order) total += counts[id]!;
  let before = 0;
  for (let i = 0; i < order.length; i++) {
    into[i + 1] = Math.min(buckets - 1, Math.floor((before / total) * buckets));
    before += counts[order[i]!]!;
  }
}
