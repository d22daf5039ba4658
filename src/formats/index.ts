/**
 * Model files: safetensors, GGUF, JSON, Hugging Face checkpoints, and the cache and download of a model hub.
 *
 * It turns bytes into checked descriptions and numbers, and refuses what is not exactly its format: every file is
 * untrusted, nothing is read out of bounds, nothing is allocated that the file's own size does not justify, and every
 * failure names the file, the tensor, what was expected and what was found. It does not know what a tensor means.
 *
 * Start with `checkpoint.ts` (a model folder), then `safetensors/read.ts` (a file), then `hub/host.node.ts` (a download).
 */

export {
  expectUnlocked,
  listModels,
  lock,
  newPartial,
  openFile,
  openFolder,
  openModelFiles,
  pullModel,
  resolveModelPath,
  writeFileAtomically,
  writeFolder,
  writeGguf,
  writeSafetensors,
} from '#formats/host';
export { type Checkpoint, openCheckpoint } from './checkpoint.js';
export { fileError } from './file-error.js';
export { encodeGguf, type GgufTensorToWrite } from './gguf/encode.js';
export { type EntryOptions, ggufEntry, permutedRows } from './gguf/entries.js';
export { type OpenGguf, openGguf } from './gguf/parts.js';
export { encodeQ8, q8BlockValues } from './gguf/q8_0.js';
export { type GgufFile, type GgufTensor, readGguf } from './gguf/read.js';
export {
  type GgufMetadata,
  type GgufScalar,
  type GgufTensorType,
  type GgufValue,
  type GgufWriteType,
  ggufTensorTypes,
} from './gguf/types.js';
export { isModelFile } from './hub/names.js';
export type { CachedModel, ModelList, PullOptions, PullPlan, PullProgress, PullResult } from './hub/options.js';
export {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonLimits,
  type ParseJsonOptions,
  parseJson,
} from './json.js';
export type { FileLock } from './lock.js';
export { isStoredDType, type StoredDType, storedBytes, storedDTypeBits, storedDTypes } from './safetensors/dtypes.js';
export { encodeSafetensors, type TensorToWrite } from './safetensors/encode.js';
export { readSafetensors, type SafetensorsFile, type StoredBlocks, type TensorEntry } from './safetensors/read.js';
export { readFloats, readIntegers, readTensor } from './safetensors/values.js';
export { type ByteSource, bytesSource, isPlainFileName, type ModelFolder, memoryFolder } from './source.js';
export { blobFolder, urlFolder } from './web-folders.js';
