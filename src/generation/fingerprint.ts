import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, isJsonObject, type JsonValue, type TensorEntry } from '../formats/index.js';

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

/** Bytes that are hashed together: Web Crypto takes whole buffers. */
const pieceBytes = 8 * 2 ** 20;
/** Pieces that are read and hashed at once. */
const piecesAtOnce = 4;

/**
 * What tells a checkpoint from all others: SHA-256, in hexadecimal, of the config's fields that matter and of every tensor's name,
 * dtype, shape and content, whatever their order and however they are divided into files. It reads all of the weights.
 *
 * @throws `unavailable` in a web page without a secure context, which has no SHA-256
 */
export async function modelFingerprint(checkpoint: Checkpoint): Promise<string> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) {
    const reason = 'this page is not a secure context (https or localhost)';
    throw new JambalayaError('unavailable', { what: 'a model’s fingerprint', reason });
  }
  const digest = async (bytes: Uint8Array) => hexadecimal(new Uint8Array(await subtle.digest('SHA-256', owned(bytes))));
  const config = Object.entries(checkpoint.config).filter(([key]) => !withoutEffect.has(key));
  const lines = [JSON.stringify(sorted(Object.fromEntries(config)))];
  // Int8 matrices may lie in panels, of which only the metadata tell.
  const { 'jambalaya.panels': panels } = checkpoint.metadata;
  if (panels !== undefined) lines.push(panels);
  const names = [...checkpoint.tensors.keys()].sort();
  const pieces = names.flatMap((name) => piecesOf(checkpoint.tensors.get(name)!));
  const digests = new Map<string, string[]>(names.map((name) => [name, []]));
  for (let first = 0; first < pieces.length; first += piecesAtOnce) {
    const together = pieces.slice(first, first + piecesAtOnce);
    const found = await Promise.all(
      together.map(async ({ entry, start, length }) => digest(await entry.source.read(entry.offset + start, length))),
    );
    for (const [i, { entry }] of together.entries()) digests.get(entry.name)!.push(found[i]!);
  }
  for (const name of names) {
    const { dtype, shape } = checkpoint.tensors.get(name)!;
    lines.push(JSON.stringify([name, dtype, shape, ...digests.get(name)!]));
  }
  return digest(new TextEncoder().encode(lines.join('\n')));
}

function piecesOf(entry: TensorEntry): { entry: TensorEntry; start: number; length: number }[] {
  const count = Math.ceil(entry.byteLength / pieceBytes);
  return Array.from({ length: count }, (_, i) => {
    const start = i * pieceBytes;
    return { entry, start, length: Math.min(pieceBytes, entry.byteLength - start) };
  });
}

/** Bytes that `digest` takes: not of shared memory. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);

/** The same value with the keys of all objects in order. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]));
}

const hexadecimal = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
