/** Quantization schemes: which matrices become int8 rows with one f32 scale each, and what they are multiplied with. */
import type { MatrixRole, QuantizeMatrix } from '../nn/index.js';
import { quantizeRows } from '../tensor/index.js';

export type QuantizationScheme = 'experts-int8' | 'int8';

interface Scheme {
  /** The name in a checkpoint's `quantization_config`; ExpertsInt8's is vLLM's. */
  readonly method: string;
  readonly roles: ReadonlySet<MatrixRole>;
  readonly int8Activations: boolean;
}

/**
 * `experts-int8` (Jamba-1.5, arXiv 2408.12570; papers.md 2.2): every matrix of every expert and dense feed-forward, with
 * float activations. `int8` (ours): every matrix, embedding and head included, with activations quantized on the fly, one
 * scale per row, and integer products. Routers stay as they are in both: a choice of experts must not flip. Both are
 * symmetric, without calibration:
 *
 *     scale = max|row| / 127;  q = clamp(round_half_even(row / scale), −127, 127);  a zero row has scale 0
 */
export const schemes: Readonly<Record<QuantizationScheme, Scheme>> = {
  'experts-int8': { method: 'experts_int8', roles: new Set<MatrixRole>(['expert']), int8Activations: false },
  int8: {
    method: 'jambalaya_int8',
    roles: new Set<MatrixRole>(['expert', 'projection', 'embedding', 'head']),
    int8Activations: true,
  },
};

/** Quantizes the scheme's matrices while they are loaded; what is int8 in the file stays as it is. */
export function quantizer(scheme: QuantizationScheme): QuantizeMatrix {
  const { roles, int8Activations } = schemes[scheme];
  return (values, role) =>
    roles.has(role) && values.dtype !== 'i8' ? { ...quantizeRows(values), int8Activations } : undefined;
}

/** ExpertsInt8 at load. */
export const expertsInt8: QuantizeMatrix = quantizer('experts-int8');
