/** Finding the largest of many scores without sorting them all. */

/**
 * Ids from the largest score down, of equals the lower id first; ids whose score is −∞ have been removed and do not come.
 * Taking the first n costs O(V + n log V): a heap is built once and asked as often as the caller wants.
 */
export function* largestFirst(scores: ArrayLike<number>): Generator<number, void> {
  const heap = new Int32Array(scores.length);
  let size = 0;
  for (let id = 0; id < scores.length; id++) if (scores[id]! > Number.NEGATIVE_INFINITY) heap[size++] = id;
  for (let at = (size >>> 1) - 1; at >= 0; at--) sink(heap, size, at, scores);
  while (size > 0) {
    yield heap[0]!;
    heap[0] = heap[--size]!;
    sink(heap, size, 0, scores);
  }
}

const before = (a: number, b: number, scores: ArrayLike<number>) =>
  scores[a]! > scores[b]! || (scores[a]! === scores[b]! && a < b);

/** Moves the id at `at` down until both ids below it come after it. */
function sink(heap: Int32Array, size: number, at: number, scores: ArrayLike<number>): void {
  const id = heap[at]!;
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && before(heap[child + 1]!, heap[child]!, scores)) child++;
    if (!before(heap[child]!, id, scores)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = id;
}

/** The id of the largest score, of equals the lowest; NaN is never the largest. */
export function argmax(scores: ArrayLike<number>): number {
  let best = 0;
  let largest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < scores.length; id++) {
    if (scores[id]! > largest) {
      largest = scores[id]!;
      best = id;
    }
  }
  return best;
}
