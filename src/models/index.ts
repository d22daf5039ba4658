/**
 * Models: one file per architecture, which reads like its paper: configuration, modules, names on disk, forward pass. They
 * know nothing of sampling. Shared code never branches on a model's type: the registry is in `load.ts`. Start with `jamba.ts`.
 * `gguf/` reads the same models out of llama.cpp's files, `export/` writes both forms.
 */
export { Bert, type BertConfig, parseBertConfig } from './bert.js';
export { floatCheckpoint } from './export/floatCheckpoint.js';
export { exportToGguf, type GgufExportReport } from './export/gguf.js';
export {
  copyCompanions,
  copyFile,
  type ExportOptions,
  type ExportReport,
  exportToHuggingFace,
  type FloatType,
} from './export/huggingFace.js';
export { expertsOf } from './export/plainTensors.js';
export { endIdsOf } from './generationConfig.js';
export { openGgufCheckpoint, openModel } from './gguf/open.js';
export { withoutPadding } from './inputs.js';
export { hasExperts, isAttentionLayer, Jamba, type JambaConfig, parseJambaConfig } from './jamba.js';
export { Llama, type LlamaConfig, type LlamaType, llamaTypes, parseLlamaConfig } from './llama.js';
export { buildModel, checkArchitecture, type LoadedCheckpoint, loadCheckpoint } from './load.js';
export type {
  ForwardOptions,
  ForwardOutput,
  LayerDescription,
  Model,
  ModelDescription,
  ModelInput,
} from './model.js';
export { type PanelLayout, panelLayouts, panelMetadata, storedShape } from './panels.js';
