/**
 * ExpertsInt8 (Jamba-1.5, arXiv 2408.12570; papers.md 2.2): every matrix of every expert and dense feed-forward becomes
 * int8 rows with one f32 scale per output channel; all else stays as it is. Weight-only and symmetric:
 *
 *     scale = max|row| / 127;  q = clamp(round_half_even(row / scale), −127, 127);  a zero row has scale 0
 */
import type { QuantizeMatrix } from '../nn/index.js';
import { quantizeRows } from '../tensor/index.js';

/** Quantizes what has the role `expert` and is not int8 yet. */
export const expertsInt8: QuantizeMatrix = (values, role) =>
  role === 'expert' && values.dtype !== 'i8' ? quantizeRows(values) : undefined;
