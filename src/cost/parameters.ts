/** Parameters, in total and as one token uses them, and the bytes that weights take (arXiv 2403.19887, 2408.12570). */
import { type Inventory, inventory, layerInventory, matrixParameters } from './inventory.js';
import { allLayers, type ModelShape, type Part, parts } from './shape.js';

export interface ParameterCount {
  readonly total: number;
  /** Without the experts that a token does not choose: E − k of each mixture. Embeddings count whole. */
  readonly active: number;
}

/** Total and active parameters. Exact: integers up to 2^53. */
export const countParameters = (shape: ModelShape): ParameterCount => count(inventory(shape));

/** The same of each layer, the encoder's first. */
export const countLayerParameters = (shape: ModelShape): readonly ParameterCount[] =>
  allLayers(shape).map((layer) => count(layerInventory(layer, shape.hiddenSize, shape.normBias)));

/** Total parameters by what they are for. */
export function parametersByPart(shape: ModelShape): Readonly<Record<Part, number>> {
  const { matrices, vectors } = inventory(shape);
  const of = (part: Part) =>
    count({
      matrices: matrices.filter((matrix) => matrix.part === part),
      vectors: vectors.filter((vector) => vector.part === part),
    }).total;
  return Object.fromEntries(parts.map((part) => [part, of(part)])) as Record<Part, number>;
}

function count({ matrices, vectors }: Inventory): ParameterCount {
  let total = 0;
  let resting = 0;
  for (const matrix of matrices) {
    total += matrix.stored * matrixParameters(matrix);
    if (matrix.part === 'experts') resting += (matrix.stored - matrix.used) * matrixParameters(matrix);
  }
  for (const { size } of vectors) total += size;
  return { total, active: total - resting };
}

/**
 * How weights are stored. `experts-int8` is the paper's (arXiv 2408.12570): matrices of experts and dense
 * feed-forwards; `int8` is this library's: every matrix but routers. Both have one f32 scale per row; the rest is 16-bit.
 */
export type WeightForm = 'f32' | 'bf16' | 'f16' | 'experts-int8' | 'int8';
export const weightForms: readonly WeightForm[] = ['bf16', 'f16', 'f32', 'experts-int8', 'int8'];

const int8Parts: Readonly<Record<'experts-int8' | 'int8', ReadonlySet<Part>>> = {
  'experts-int8': new Set<Part>(['experts', 'denseMlp']),
  int8: new Set<Part>(['experts', 'denseMlp', 'attention', 'mamba', 'embedding', 'head']),
};

/** Whether the matrices of a part are int8 rows with scales in this form. */
export const isInt8 = (form: WeightForm, part: Part): boolean =>
  (form === 'experts-int8' || form === 'int8') && int8Parts[form].has(part);

/** Bytes of an element that is not quantized. */
export const floatBytes = (form: WeightForm): number => (form === 'f32' ? 4 : 2);

/** Bytes of one copy of a matrix: its weights, a scale per row if it is int8, its bias. */
export function matrixBytes(
  { outputs, inputs, bias, part }: Pick<Inventory['matrices'][number], 'outputs' | 'inputs' | 'bias' | 'part'>,
  form: WeightForm,
): number {
  const wide = floatBytes(form);
  const weights = isInt8(form, part) ? outputs * inputs + 4 * outputs : wide * outputs * inputs;
  return weights + (bias ? wide * outputs : 0);
}

/** Bytes of all weights in a form. */
export function weightsBytes(shape: ModelShape, form: WeightForm): number {
  const { matrices, vectors } = inventory(shape);
  let bytes = 0;
  for (const matrix of matrices) bytes += matrix.stored * matrixBytes(matrix, form);
  for (const { size } of vectors) bytes += floatBytes(form) * size;
  return bytes;
}
