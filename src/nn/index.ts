/**
 * Modules: the parts that models are made of, with their parameters and the state that they leave behind. A module is
 * loaded from a `WeightSource` by the names its tensors have on disk, and its forward pass reads like the paper.
 *
 * It refuses: tensors of another shape than the configuration says, states of different pools in one batch. It does not
 * know whole models. Start with `mambaMixer.ts` and `feedForward.ts`; state is in `state.ts`, ragged batches in `segments.ts`.
 */
export { type Activations, int8Form, type Rows } from './activations.js';
export type { AdaptedSegments, LowRank, ProjectionAdapter } from './adapted.js';
export { Attention, type AttentionShape, type HeadOptions } from './attention.js';
export { CheckpointWeights, type QuantizeMatrix, scaleSuffix, type WeightOptions } from './checkpointWeights.js';
export { Embedding } from './embedding.js';
export { GatedMlp, SparseMoe, type SparseMoeOutput } from './feedForward.js';
export { expectFinite, firstNonFinite, nonFiniteError } from './finite.js';
export { GivenTensors } from './givenTensors.js';
export { Linear, loadLinear, type Projection, projection, QuantizedLinear } from './linear.js';
export { ignoredLabel, loadBalancingLoss, meanCrossEntropy, nextTokenLabels } from './losses.js';
export { MambaMixer, type MambaShape, type MixerState } from './mambaMixer.js';
export { LayerNorm, RmsNorm } from './norm.js';
export { Rotary, type RotaryShape } from './rotary.js';
export { Segments } from './segments.js';
export {
  type KvCache,
  type KvDType,
  type LayerState,
  type LayerStateLayout,
  type SsmState,
  State,
  StatePool,
  type StatePoolOptions,
  sameLayouts,
} from './state.js';
export type { ActivationClass, Matrix, MatrixRole, Parameters, Projections, WeightSource } from './weights.js';
