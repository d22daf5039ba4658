/** What a page gets: devices, checkpoints from blobs or URLs, models, tokenizers, tensors. Nothing here needs Node. */
export { openDevice, ReferenceDevice } from './devices/index.js';
export { isJambalayaError, JambalayaError } from './errors/index.js';
export { blobFolder, memoryFolder, openCheckpoint, readFloats, readSafetensors, urlFolder } from './formats/index.js';
export { DecodeBatch, generate } from './generation/index.js';
export { loadCheckpoint, openGgufCheckpoint } from './models/index.js';
export { Segments, StatePool } from './nn/index.js';
export { expertsInt8 } from './quantization/index.js';
export { scope, Tape, Tensor } from './tensor/index.js';
export { TextStream, Tokenizer } from './tokenizers/index.js';
