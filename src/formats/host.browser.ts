/** The browser's twin of `host.node.ts`: there are no paths in a browser, so every function says what serves instead. */
import { JambalayaError } from '../errors/index.js';
import type { GgufTensorToWrite } from './gguf/encode.js';
import type { GgufMetadata } from './gguf/types.js';
import type { ModelList, PullOptions, PullResult } from './hub/options.js';
import type { FileLock } from './lock.js';
import type { TensorToWrite } from './safetensors/encode.js';
import type { ByteSource, ModelFolder } from './source.js';

function noPaths(hint: string): never {
  throw new JambalayaError('unavailable', { what: 'a file path', reason: 'this is a browser' }, { hint });
}

const folders = 'Build a folder with blobFolder, memoryFolder or urlFolder.';

export async function openFolder(_path: string): Promise<ModelFolder> {
  return noPaths(folders);
}

export async function openFile(_path: string): Promise<ByteSource> {
  return noPaths(folders);
}

export async function openModelFiles(_nameOrPath: string): Promise<{ folder: ModelFolder; gguf?: string }> {
  return noPaths(folders);
}

export async function resolveModelPath(_nameOrPath: string): Promise<string> {
  return noPaths(folders);
}

export async function pullModel(_repo: string, _options?: PullOptions): Promise<PullResult> {
  return noPaths(folders);
}

export async function writeSafetensors(
  _path: string,
  _tensors: readonly TensorToWrite[],
  _metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  return noPaths('Encode the file in memory with encodeSafetensors.');
}

export async function writeGguf(
  _path: string,
  _tensors: readonly GgufTensorToWrite[],
  _metadata: GgufMetadata,
): Promise<void> {
  return noPaths('Encode the file in memory with encodeGguf.');
}

export async function writeFileAtomically(_path: string, _content: Uint8Array | string): Promise<void> {
  return noPaths('Offer the bytes as a download.');
}

export async function writeFolder<T>(_path: string, _write: (folder: string) => Promise<T>): Promise<T> {
  return noPaths('Offer the bytes as a download.');
}

export async function newPartial(_path: string): Promise<string> {
  return noPaths('Offer the bytes as a download.');
}

export async function lock(_path: string, _place: string): Promise<FileLock> {
  return noPaths('A page needs no locks: it has no files.');
}

export async function expectUnlocked(_path: string, _place: string): Promise<void> {
  return noPaths('A page needs no locks: it has no files.');
}

export async function listModels(_folder?: string): Promise<ModelList> {
  return noPaths(folders);
}
