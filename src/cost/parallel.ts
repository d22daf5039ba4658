/** What one of several devices holds and sends. Layouts are those of Megatron-LM, GPipe and ZeRO; each formula names its own. */
import { JambalayaError } from '../errors/index.js';
import { expectCount } from './checks.js';
import { type Inventory, layerInventory, type MatrixInventory, matrixParameters, outerInventory } from './inventory.js';
import { floatBytes, matrixBytes, type WeightForm } from './parameters.js';
import { type AttentionShape, allLayers, type LayerShape, type ModelShape } from './shape.js';
import { type KvDType, kvBytesPerToken, kvDTypeBytes, mambaStateBytes, tokensOfStacks } from './state.js';

export interface Parallelism {
  /** Devices that share every matrix (Megatron-LM, arXiv 1909.08053). */
  readonly tensor: number;
  /** Stages of consecutive layers (GPipe, arXiv 1811.06965). */
  readonly pipeline: number;
  /** Ways in which whole experts are spread (GShard, arXiv 2006.16668); over 1 it takes the place of `tensor` inside experts. */
  readonly expert: number;
  /** Copies that take different sequences. */
  readonly data: number;
}

/** @throws `usage` on a layout that this model cannot have */
export function expectParallelism(shape: ModelShape, { tensor, pipeline, expert, data }: Parallelism): void {
  expectCount('tensor parallelism', tensor);
  expectCount('pipeline parallelism', pipeline);
  expectCount('expert parallelism', expert);
  expectCount('data parallelism', data);
  const fail = (argument: string, expected: string, found: number) => {
    throw new JambalayaError('usage', { argument, expected, found: String(found) });
  };
  const layers = allLayers(shape);
  for (const size of splitSizes(shape)) {
    if (size % tensor !== 0) fail('tensor parallelism', `a divisor of ${size} heads or channels`, tensor);
  }
  if (pipeline > layers.length) fail('pipeline parallelism', `at most ${layers.length} layers`, pipeline);
  if (expert === 1) return;
  for (const { feedForward } of layers) {
    const experts = feedForward?.experts ?? 1;
    if (experts > 1 && experts % expert !== 0) fail('expert parallelism', `a divisor of ${experts} experts`, expert);
  }
  if (layers.every(({ feedForward }) => (feedForward?.experts ?? 1) === 1)) {
    fail('expert parallelism', '1 for a model without experts', expert);
  }
  if ((tensor * data) % expert !== 0) {
    fail('expert parallelism', `a divisor of the ${tensor * data} devices of a stage`, expert);
  }
}

/** Sizes that tensor parallelism has to divide: query heads and Mamba channels. */
const splitSizes = (shape: ModelShape): ReadonlySet<number> =>
  new Set(
    allLayers(shape).flatMap(({ mixer, crossAttention }) => [
      mixer.kind === 'attention' ? mixer.heads : mixer.inner,
      ...(crossAttention === undefined ? [] : [crossAttention.heads]),
    ]),
  );

/** Devices of one model copy as tensor parallelism where heads and channels divide, the rest as pipeline stages. */
export function defaultServingLayout(shape: ModelShape, count: number): Parallelism {
  const sizes = [...splitSizes(shape)];
  let tensor = count;
  while (count % tensor !== 0 || sizes.some((size) => size % tensor !== 0)) tensor--;
  return { tensor, pipeline: count / tensor, expert: 1, data: 1 };
}

/** The layers of each stage, as even as whole layers allow. */
export function stagesOf(shape: ModelShape, pipeline: number): readonly (readonly LayerShape[])[] {
  const layers = allLayers(shape);
  const start = (stage: number) => Math.floor((stage * layers.length) / pipeline);
  return Array.from({ length: pipeline }, (_, stage) => layers.slice(start(stage), start(stage + 1)));
}

/** The part of its units that a device holds, at least one: key/value heads that are fewer than devices are replicated. */
export const unitShare = (units: number, tensor: number): number => Math.ceil(units / tensor) / units;

/** A matrix as one device has it: fewer rows or columns, fewer copies of experts. */
export function matrixShare(matrix: MatrixInventory, { tensor, expert }: Parallelism): MatrixInventory {
  const spread = matrix.part === 'experts' && expert > 1;
  if (spread) return { ...matrix, stored: matrix.stored / expert, used: matrix.used / expert };
  const part = matrix.split === 'none' ? 1 : unitShare(matrix.units, tensor);
  if (matrix.split === 'inputs') return { ...matrix, inputs: matrix.inputs * part };
  return { ...matrix, outputs: matrix.outputs * part };
}

/** Tensors of each stage as one of its devices has them. A tied head beyond one stage is a copy of the embedding. */
export function stageInventories(shape: ModelShape, layout: Parallelism): readonly Inventory[] {
  const outer = outerInventory(shape);
  const stages = stagesOf(shape, layout.pipeline);
  const last = stages.length - 1;
  const isInput = ({ part }: { readonly part: string }) => part === 'embedding';
  return stages.map((layers, stage) => {
    const own = layers.map((layer) => layerInventory(layer, shape.hiddenSize, shape.normBias));
    const of = <T extends { readonly part: Inventory['matrices'][number]['part'] }>(list: readonly T[]): readonly T[] =>
      list.filter((item) => (isInput(item) ? stage === 0 : stage === last));
    const matrices = [...of(outer.matrices), ...own.flatMap((layer) => layer.matrices)].map((matrix) =>
      last > 0 && matrix.name === 'lm_head' ? { ...matrix, stored: 1 } : matrix,
    );
    const vectors = [...of(outer.vectors), ...own.flatMap((layer) => layer.vectors)];
    return {
      matrices: matrices.map((matrix) => matrixShare(matrix, layout)),
      vectors: vectors.map((vector) => (vector.split ? { ...vector, size: vector.size / layout.tensor } : vector)),
    };
  });
}

/** Parameters on a device of each stage. */
export const stageParameters = (shape: ModelShape, layout: Parallelism): readonly number[] =>
  stageInventories(shape, layout).map(
    ({ matrices, vectors }) =>
      matrices.reduce((sum, matrix) => sum + matrix.stored * matrixParameters(matrix), 0) +
      vectors.reduce((sum, { size }) => sum + size, 0),
  );

/** Bytes of weights on a device of each stage. */
export const stageWeightsBytes = (shape: ModelShape, layout: Parallelism, form: WeightForm): readonly number[] =>
  stageInventories(shape, layout).map(
    ({ matrices, vectors }) =>
      matrices.reduce((sum, matrix) => sum + matrix.stored * matrixBytes(matrix, form), 0) +
      vectors.reduce((sum, { size }) => sum + floatBytes(form) * size, 0),
  );

export interface StageState {
  /** Keys and values of one sequence. */
  readonly kvCacheBytes: number;
  readonly stateBytes: number;
}

/** Keys, values and states of one sequence of `context` tokens on a device of each stage. */
export function stageSequenceBytes(
  shape: ModelShape,
  { tensor, pipeline }: Parallelism,
  context: number,
  kvDType: KvDType,
): readonly StageState[] {
  const { encoder, decoder } = tokensOfStacks(shape, context);
  const encoderLayers = new Set(shape.encoderLayers ?? []);
  const kv = (attention: AttentionShape, tokens: number) =>
    tokens * kvBytesPerToken(attention, kvDTypeBytes[kvDType]) * unitShare(attention.kvHeads, tensor);
  return stagesOf(shape, pipeline).map((layers) => {
    let kvCacheBytes = 0;
    let stateBytes = 0;
    for (const layer of shape.causal ? layers : []) {
      if (encoderLayers.has(layer)) continue;
      if (layer.mixer.kind === 'attention') kvCacheBytes += kv(layer.mixer, decoder);
      else stateBytes += mambaStateBytes(layer.mixer) / tensor;
      if (layer.crossAttention !== undefined) kvCacheBytes += kv(layer.crossAttention, encoder);
    }
    return { kvCacheBytes, stateBytes };
  });
}
