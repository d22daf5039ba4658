/**
 * jambalaya: hybrid (Mamba + Transformer + mixture-of-experts) language models in TypeScript.
 *
 * `loadModel` is the short way in: a model in a worker, answers as streams. The rooms below it are there for whoever wants
 * tensors and gradients: `jambalaya/tensor`, `jambalaya/models`.
 */
export { type DeviceOptions, nativeInstructionSets, openDevice, Profile, type ProfileRow } from './devices/index.js';
export { type ErrorCode, type ErrorFields, isJambalayaError, JambalayaError } from './errors/index.js';
export {
  encodeSafetensors,
  openCheckpoint,
  openFolder,
  pullModel,
  readFloats,
  readSafetensors,
  resolveModelPath,
  writeSafetensors,
} from './formats/index.js';
export { exportToGguf, exportToHuggingFace, openModel } from './models/index.js';
export { quantizeCheckpoint } from './quantization/index.js';
export * from './runtime/index.js';
export {
  type ChatMessage,
  Tokenizer,
  type TokenizerTrainingOptions,
  type TrainedTokenizer,
  trainTokenizer,
} from './tokenizers/index.js';
