import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, isJsonObject, type JsonValue } from '../formats/index.js';

/** Config keys that a forward pass does not depend on, so that editing them does not make saved states foreign. */
const withoutEffect: ReadonlySet<string> = new Set([
  '_name_or_path',
  'architectures',
  'attention_dropout',
  'bos_token_id',
  'dtype',
  'eos_token_id',
  'initializer_range',
  'max_position_embeddings',
  'num_logits_to_keep',
  'output_router_logits',
  'pad_token_id',
  'router_aux_loss_coef',
  'torch_dtype',
  'transformers_version',
  'use_cache',
  'use_mamba_kernels',
]);

/** Bytes of each tensor that are looked at: enough to tell trainings apart without reading the file. */
const sampledBytes = 64;

/**
 * What tells a checkpoint from others of its kind: SHA-256, in hexadecimal, of the config's fields that matter and of every
 * tensor's name, dtype, shape and first bytes, whatever their order and however they are divided into files.
 *
 * @throws `unavailable` in a web page without a secure context, which has no SHA-256
 */
export async function modelFingerprint(checkpoint: Checkpoint): Promise<string> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) {
    const reason = 'this page is not a secure context (https or localhost)';
    throw new JambalayaError('unavailable', { what: 'a model’s fingerprint', reason });
  }
  const config = Object.entries(checkpoint.config).filter(([key]) => !withoutEffect.has(key));
  const lines = [JSON.stringify(sorted(Object.fromEntries(config)))];
  for (const name of [...checkpoint.tensors.keys()].sort()) {
    const { dtype, shape, source, offset, byteLength } = checkpoint.tensors.get(name)!;
    const start = await source.read(offset, Math.min(sampledBytes, byteLength));
    lines.push(JSON.stringify([name, dtype, shape, hexadecimal(start)]));
  }
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n')));
  return hexadecimal(new Uint8Array(digest));
}

/** The same value with the keys of all objects in order. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]));
}

const hexadecimal = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
