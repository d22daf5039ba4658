/**
 * The cost of models before they exist: closed-form parameters, memory, FLOPs, seconds and dollars, exact where arithmetic
 * is exact and ranges where prices are not. The one copy of these formulas; nothing here measures, reads a file or prints.
 * Runs in a browser. Start with `shape.ts` (what is known of a model), then `inventory.ts` (its tensors).
 */
export {
  type ActivationOptions,
  activationBytes,
  type ExpertExecution,
  expertExecutions,
  flowingBytesPerToken,
  type KeptBytes,
  keptBytes,
  type WorkspaceOptions,
  workspaceBytesPerToken,
} from './activations.js';
export {
  type ContextBudget,
  contextsForBytes,
  type ParameterBudget,
  parametersForBytes,
  parametersForDollars,
  type TokenBudget,
  tokensForDollars,
} from './budget.js';
export {
  type ComparisonOptions,
  type ComparisonPoint,
  type ComparisonSeries,
  compareOverContext,
  defaultContexts,
  transformerTwin,
} from './comparison.js';
export { type ModelReading, modelTypes, readModelShape } from './config.js';
export { ConfigFields, type ConfigObject } from './configFields.js';
export { llamaKinds, readLlama } from './configs/transformer.js';
export { type DecodeBound, decodeBound, type Limit, promptSeconds, type ServingSetup } from './decode.js';
export {
  eagerForwardBytes,
  eagerKeptBytes,
  eagerMovedBackwardBytes,
  eagerMovedBytes,
  eagerOps,
  eagerProducts,
} from './eager.js';
export { type Elasticities, elasticities } from './elasticities.js';
export {
  type Checkpointing,
  checkpointings,
  countFlops,
  expectedExperts,
  type Flops,
  type FlopsByPart,
  type FlopsPart,
  flopsOfStep,
  flopsParts,
  oneToken,
  prompt,
  sixParametersTokens,
  type TrainingFlops,
  totalFlops,
  trainingFlops,
  type Work,
  wholeSequence,
} from './flops.js';
export { findHardware, hardwareTable, hardwareTableDate, parseHardwareTable, peakFor } from './hardware.js';
export type { Hardware, PeakDType, Range } from './hardwareRow.js';
export {
  type Inventory,
  inventory,
  layerInventory,
  type MatrixInventory,
  outerInventory,
  type VectorInventory,
} from './inventory.js';
export { type MemoryOptions, type MemoryPlan, planMemory } from './memory.js';
export {
  defaultServingLayout,
  type Parallelism,
  stageInventories,
  stageSequenceBytes,
  stageWeightsBytes,
} from './parallel.js';
export {
  countLayerParameters,
  countParameters,
  matrixBytes,
  type ParameterCount,
  parametersByPart,
  type WeightForm,
  weightForms,
  weightsBytes,
} from './parameters.js';
export {
  fullyLoadedDollars,
  impliedDollarsPerFlop,
  type PublishedCost,
  projectDollars,
  publishedCosts,
  trainingVolume,
} from './published.js';
export {
  type DeviceMemory,
  expertsInt8Capability,
  fittingMachines,
  type Machine,
  planServing,
  type ServingOptions,
  type ServingPlan,
  servingAssumptions,
} from './serving.js';
export {
  type AttentionShape,
  allLayers,
  type FeedForwardShape,
  type LayerShape,
  type MambaShape,
  type ModelFamily,
  type ModelShape,
  type Part,
  parts,
} from './shape.js';
export {
  defaultContext,
  type KvDType,
  kvBytesPerToken,
  kvDTypeBytes,
  kvDTypes,
  mambaStateBytes,
  type SequenceBytes,
  sequenceBytes,
  tokensOfStacks,
} from './state.js';
export { dataTraffic, forwardTraffic, type TokenTraffic, type ZeroStage } from './traffic.js';
export { planTraining, type TrainingOptions, type TrainingPlan, trainingAssumptions } from './training.js';
export {
  type TrainingMemory,
  type TrainingMemoryOptions,
  type TrainingPrecision,
  trainingMemory,
  trainingPrecisions,
} from './trainingMemory.js';
