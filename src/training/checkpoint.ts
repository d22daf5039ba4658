/** Checkpoints: one safetensors file with weights, moments and averages, and in its metadata where the run stands. */
import { JambalayaError } from '../errors/index.js';
import {
  type ByteSource,
  type JsonObject,
  parseJson,
  readSafetensors,
  readTensor,
  type TensorToWrite,
} from '../formats/index.js';
import type { Parameters } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { DataCursor } from './data/batch.js';

/** Where a run stands between two steps. */
export interface RunState {
  /** Steps done. */
  readonly step: number;
  /** Tokens that went through forward and backward passes. */
  readonly tokens: number;
  /** Seconds spent, over all starts of the run. */
  readonly seconds: number;
  readonly cursor: DataCursor;
  /** The smallest held-out bits per byte so far, and its step. */
  readonly best?: { readonly step: number; readonly bitsPerByte: number };
  /** What the run was begun with, to be compared when it is continued. */
  readonly origin: JsonObject;
}

/** The groups of tensors that a run consists of, e.g. `weights`, `first`, `second`, `average`, `best`. */
export type RunTensors = ReadonlyMap<string, Parameters>;

const metadataKey = 'jambalaya_training';
/** Of the text under `metadataKey`: a changed step or place in the data would otherwise go unnoticed. */
const checksumKey = 'jambalaya_training_checksum';
const version = 2;
const maxBytes = 1 << 26;

/** Tensors of a checkpoint file, read from the device one at a time. Their checksums go into `checkpointMetadata`. */
export function checkpointTensors(groups: RunTensors): TensorToWrite[] {
  return [...groups].flatMap(([group, tensors]) =>
    [...tensors].map(([name, tensor]) => ({
      name: nameIn(group, name),
      dtype: 'F32' as const,
      shape: tensor.shape,
      bytes: () => bytesOf(tensor),
    })),
  );
}

/** The metadata of a checkpoint of `groups` as they are now. */
export async function checkpointMetadata(groups: RunTensors, state: RunState): Promise<Record<string, string>> {
  const checksums: Record<string, string> = {};
  for (const { name, bytes } of checkpointTensors(groups)) checksums[name] = checksum(await bytes());
  const text = JSON.stringify({ version, ...state, checksums });
  return { [metadataKey]: text, [checksumKey]: checksumOfText(text) };
}

/**
 * Reads a checkpoint into the tensors of `groups`, all of which it has to have. Nothing is changed if it is damaged, or if
 * `check` throws.
 *
 * @throws `format` for a file that is not whole; `state` for one of another version or model
 */
export async function readCheckpoint(
  source: ByteSource,
  groups: RunTensors,
  check: (state: RunState) => void = () => {},
): Promise<RunState> {
  const { tensors, metadata } = await readSafetensors(source);
  const file = source.name;
  const text = metadata[metadataKey];
  if (text === undefined) {
    throw new JambalayaError('format', { file, expected: 'a checkpoint of a training run', found: 'other tensors' });
  }
  const stored = metadata[checksumKey];
  if (stored === undefined) expectVersion(file, text);
  if (checksumOfText(text) !== stored) {
    const expected = `what was written of the run (checksum ${stored ?? 'missing'})`;
    throw new JambalayaError('format', { file, expected, found: 'other text' });
  }
  expectVersion(file, text);
  const { checksums, ...state } = parseJson(file, text, { maxBytes }) as unknown as RunState & {
    checksums: Record<string, string>;
  };
  check(state);
  const values: { tensor: Tensor; floats: Float32Array }[] = [];
  for (const [group, parameters] of groups) {
    for (const [name, tensor] of parameters) {
      const key = nameIn(group, name);
      const entry = tensors.get(key);
      const shape = `(${tensor.shape.join(', ')})`;
      if (entry === undefined || `(${entry.shape.join(', ')})` !== shape) {
        const has = entry === undefined ? 'nothing' : `(${entry.shape.join(', ')})`;
        throw new JambalayaError('state', {
          reason: `${file} belongs to another run: ${key} is ${shape} here, ${has} there`,
        });
      }
      const bytes = await readTensor(entry);
      if (checksum(bytes) !== checksums[key]) {
        const expected = `the bytes that were written (checksum ${checksums[key]})`;
        throw new JambalayaError('format', { file, tensor: key, expected, found: 'other bytes' });
      }
      values.push({ tensor, floats: new Float32Array(bytes.buffer) });
    }
  }
  for (const { tensor, floats } of values) tensor.write(floats);
  return state;
}

/** Checkpoints of version 1 have no checksum; they are of another build rather than damaged. */
function expectVersion(file: string, text: string): void {
  const { version: found } = parseJson(file, text, { maxBytes });
  if (found === version) return;
  throw new JambalayaError('state', { reason: `${file} has version ${found}, this build reads ${version}` });
}

/** Names of a group without a name are the tensors' own. */
const nameIn = (group: string, name: string) => (group === '' ? name : `${group}/${name}`);

async function bytesOf(tensor: Tensor): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = Float32Array.from((await tensor.read()) as Float32Array);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Of the UTF-8 bytes, filled up to whole words. */
function checksumOfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const filled = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  filled.set(bytes);
  return checksum(filled);
}

/** 64 bits over the words of `bytes`, whose number is a multiple of four: two sums whose every step is one-to-one. */
function checksum(bytes: Uint8Array): string {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let a = 0x2545f491;
  let b = 0x6c62272e;
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i]!, 0x01000193);
    b = Math.imul((b << 13) | (b >>> 19), 5) ^ words[i]!;
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
