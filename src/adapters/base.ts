/** A frozen model and what belongs to it: tokenizer, end tokens, and what tells it from others. */

import type { Device } from '../contract/index.js';
import { type DeviceOptions, openDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import type { JsonObject, ModelFolder } from '../formats/index.js';
import { modelFingerprint } from '../generation/index.js';
import { endIdsOf, loadCheckpoint, type Model, openModel } from '../models/index.js';
import type { Parameters } from '../nn/index.js';
import { type MatrixScheme, quantizer } from '../quantization/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import { tokenizerOfFolder } from '../training/index.js';

export interface BaseOptions {
  readonly device?: DeviceOptions | undefined;
  /** How matrices are held: as the file has them unless told. */
  readonly weights?: 'file' | MatrixScheme | undefined;
  /** Whether everything is widened to f32, as full fine-tuning wants it. */
  readonly widened?: boolean | undefined;
}

/** What an adapter is read for. */
export interface AdapterBase {
  readonly model: Model;
  readonly tokenizer?: Tokenizer | undefined;
}

export interface Base extends AdapterBase {
  /** As the caller named it. */
  readonly name: string;
  readonly device: Device;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** The tokenizer's files, by their names in a model folder. */
  readonly companions: ReadonlyMap<string, string>;
  /** Its `config.json`. */
  readonly config: JsonObject;
  /** Tokens that end an answer. */
  readonly endIds: readonly number[];
  /** Positions of its longest text, where the config says. */
  readonly contextLength: number | undefined;
  readonly fingerprint: string;
  dispose(): Promise<void>;
}

/**
 * Opens a model of any form as a base.
 *
 * @throws what opening a model does; `unavailable` without a tokenizer, or for a model that does not continue a text
 */
export async function openBase(
  name: string,
  { device: options, weights = 'file', widened = false }: BaseOptions = {},
): Promise<Base> {
  const checkpoint = await openModel(name);
  let device: Device | undefined;
  let model: Model | undefined;
  try {
    device = await openDevice({ keepMemory: true, ...options });
    const quantize = weights === 'file' ? undefined : quantizer(weights);
    ({ model } = await loadCheckpoint(checkpoint, device, { quantize, dtype: widened ? 'f32' : 'file' }));
    const { description } = model;
    if (!description.causal) {
      const reason = `${description.architecture} does not continue a text`;
      throw new JambalayaError('unavailable', { what: `an adapter of ${name}`, reason });
    }
    const loaded = await tokenizerOfFolder(checkpoint.folder);
    if (loaded === undefined) {
      const reason = checkpoint.withoutTokenizer ?? `${name} has no tokenizer.json`;
      throw new JambalayaError('unavailable', { what: 'text', reason });
    }
    const { max_position_embeddings: positions } = checkpoint.config;
    const owned = { model, device };
    return {
      name,
      ...owned,
      tokenizer: loaded.tokenizer,
      companions: loaded.companions,
      config: checkpoint.config,
      endIds: [
        ...new Set([...description.eosIds, ...(await endIdsOfFolder(checkpoint.folder, description.vocabularySize))]),
      ],
      contextLength: description.maxLength ?? (typeof positions === 'number' ? positions : undefined),
      fingerprint: await modelFingerprint(checkpoint),
      dispose: async () => {
        owned.model.dispose();
        owned.device.dispose();
        await checkpoint.close();
      },
    };
  } catch (error) {
    model?.dispose();
    device?.dispose();
    await checkpoint.close();
    throw error;
  }
}

async function endIdsOfFolder(folder: ModelFolder, vocabularySize: number): Promise<readonly number[]> {
  const file = 'generation_config.json';
  if (!(await folder.has(file))) return [];
  const source = await folder.open(file);
  try {
    const text = new TextDecoder().decode(await source.read(0, source.size));
    return endIdsOf(`${folder.name}/${file}`, text, vocabularySize);
  } finally {
    await source.close();
  }
}

/** 64 bits over the bytes of all parameters as they are on the device, in hexadecimal: equal before and after means untouched. */
export async function hashOfParameters(parameters: Parameters): Promise<string> {
  let a = 0x2545f491;
  let b = 0x6c62272e;
  for (const tensor of parameters.values()) {
    const { buffer, byteOffset, byteLength } = await tensor.read();
    const words = new Int32Array(
      byteOffset % 4 === 0 ? buffer : buffer.slice(byteOffset),
      byteOffset % 4 === 0 ? byteOffset : 0,
      byteLength >> 2,
    );
    for (let i = 0; i < words.length; i++) {
      a = Math.imul(a ^ words[i]!, 0x01000193);
      b = Math.imul((b << 13) | (b >>> 19), 5) ^ words[i]!;
    }
    const rest = new Uint8Array(buffer, byteOffset + (byteLength & ~3), byteLength & 3);
    for (const byte of rest) a = Math.imul(a ^ byte, 0x01000193);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
