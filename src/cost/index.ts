/**
 * The cost of models before they exist: closed-form parameters, memory, FLOPs, seconds and dollars, exact where arithmetic
 * is exact and ranges where prices are not. The one copy of these formulas; nothing here measures, reads a file or prints.
 * Runs in a browser. Start with `shape.ts` (what is known of a model), then `inventory.ts` (its tensors).
 */
export { type ModelReading, modelTypes, readModelShape } from './config.js';
export { ConfigFields, type ConfigObject } from './configFields.js';
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
  countLayerParameters,
  countParameters,
  type ParameterCount,
  parametersByPart,
  type WeightForm,
  weightForms,
  weightsBytes,
} from './parameters.js';
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
