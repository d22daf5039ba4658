/** Schemes: which matrices take another form, and what they are multiplied with. */
import { JambalayaError } from '../errors/index.js';
import { int8Form, type Matrix, type MatrixRole, type QuantizeMatrix } from '../nn/index.js';
import { cast, packPanels, quantizeRows, type Tensor } from '../tensor/index.js';

/** Schemes that make int8 rows with one f32 scale each; `quantize` writes them to disk. */
export type QuantizationScheme = 'experts-int8' | 'int8';
/** What a model can be loaded with in place of the matrices as they lie in the file. */
export type MatrixScheme = QuantizationScheme | 'bf16';

interface Scheme {
  readonly roles: ReadonlySet<MatrixRole>;
  readonly form: (values: Tensor, role: MatrixRole) => Matrix;
}

const allButRouters: ReadonlySet<MatrixRole> = new Set(['expert', 'projection', 'mixerOutput', 'embedding', 'head']);

/**
 * `experts-int8` (Jamba-1.5, arXiv 2408.12570): every matrix of every expert and dense feed-forward, with
 * float activations. `int8` (ours): every matrix, embedding and head included, in panels, with activations quantized on the
 * fly in groups, and integer products. `bf16`: the same matrices in bf16, with activations rounded to bf16 and products
 * summed in f32. Routers stay as they are in all three: a choice of experts must not flip. The int8 forms are symmetric,
 * without calibration:
 *
 *     scale = max|row| / 127;  q = clamp(round_half_even(row / scale), −127, 127);  a zero row has scale 0
 */
export const schemes: Readonly<Record<MatrixScheme, Scheme>> = {
  'experts-int8': { roles: new Set<MatrixRole>(['expert']), form: quantizeRows },
  int8: {
    roles: allButRouters,
    form: (matrix, role) => ({ ...int8Panels(matrix), ...int8Form(role) }),
  },
  bf16: {
    roles: allButRouters,
    form: (values) => ({ values: values.dtype === 'bf16' ? values : cast(values, 'bf16'), activations: 'bf16' }),
  },
};

/** A matrix (R, C) as int8 in panels, with a scale for each row. */
export function int8Panels(matrix: Tensor): { values: Tensor; scale: Tensor } {
  const { values, scale } = quantizeRows(matrix);
  const panels = packPanels(values);
  values.dispose();
  return { values: panels, scale };
}

/** The name of a scheme in a checkpoint's `quantization_config`; ExpertsInt8's is vLLM's. */
export const methods: Readonly<Record<QuantizationScheme, string>> = {
  'experts-int8': 'experts_int8',
  int8: 'jambalaya_int8',
};

/**
 * Puts the scheme's matrices into its form while they are loaded; what is int8 in the file stays as it is.
 *
 * @throws JambalayaError `usage` where there is no such scheme
 */
export function quantizer(scheme: MatrixScheme): QuantizeMatrix {
  if (!Object.hasOwn(schemes, scheme)) {
    const expected = `file, ${Object.keys(schemes).join(', ')}`;
    throw new JambalayaError('usage', { argument: 'weights', expected: `one of ${expected}`, found: String(scheme) });
  }
  const { roles, form } = schemes[scheme];
  const quantize = (values: Tensor, role: MatrixRole) =>
    roles.has(role) && values.dtype !== 'i8' ? form(values, role) : undefined;
  return Object.assign(quantize, { byRows: true });
}

/** ExpertsInt8 at load. */
export const expertsInt8: QuantizeMatrix = quantizer('experts-int8');
