import type { Kernel } from '../operands.js';

/** Largest first, NaN last. */
function descending(p: number, q: number): number {
  if (Number.isNaN(p) !== Number.isNaN(q)) return Number.isNaN(p) ? 1 : -1;
  if (p > q) return -1;
  return p < q ? 1 : 0;
}

export const topK: Kernel<'topK'> = ({ x, values, indices, rows, columns, k }) => {
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * columns, (r + 1) * columns);
    // JavaScript's sort is stable, so of equals the lower index comes first.
    const ranked = Array.from(row, (_, index) => index).sort((i, j) => descending(row[i]!, row[j]!));
    for (let j = 0; j < k; j++) {
      values[r * k + j] = row[ranked[j]!]!;
      indices[r * k + j] = ranked[j]!;
    }
  }
};
