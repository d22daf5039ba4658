/** Writing the safetensors format: the layout that both the streamed and the in-memory writer follow. */
import { JambalayaError } from '../../errors/index.js';
import { countOf, shown } from '../phrases.js';
import { isStoredDType, maxRank, type StoredDType, storedBytes, storedDTypeBits } from './dtypes.js';
import { maxHeaderBytes } from './read.js';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** Called once, when its turn comes; only one tensor's bytes are held at a time. */
  readonly bytes: () => Promise<Uint8Array> | Uint8Array;
}

export interface SafetensorsLayout<T> {
  /** The length field and the header, padded so that the data starts at a multiple of 64 bytes. */
  readonly head: Uint8Array;
  /** The tensors in the order of their bytes. */
  readonly tensors: readonly { readonly tensor: T; readonly byteLength: number }[];
  /** Bytes of the whole file. */
  readonly size: number;
}

/** A cache line, and the widest vector register. */
const alignment = 64;

/**
 * Lays a file out. Wide dtypes come first (otherwise the given order stands), so that every tensor starts at a
 * multiple of its element size although the format allows no holes.
 *
 * @throws `usage` for a name that is used twice or reserved, an unknown dtype, or a shape that cannot be stored
 */
export function layOut<T extends Omit<TensorToWrite, 'bytes'>>(
  tensors: readonly T[],
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout<T> {
  const ordered = [...tensors].sort((a, b) => storedDTypeBits[b.dtype] - storedDTypeBits[a.dtype]);
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  const names = new Set(['__metadata__']);
  let end = 0;
  const placed = ordered.map((tensor) => {
    const byteLength = checkedBytes(tensor, names);
    const { name, dtype, shape } = tensor;
    entries.push([name, { dtype, shape, data_offsets: [end, end + byteLength] }]);
    end += byteLength;
    return { tensor, byteLength };
  });

  // fromEntries keeps a tensor called `__proto__`; the header's order means nothing, the offsets do.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headSize = Math.ceil((8 + json.length) / alignment) * alignment;
  if (headSize - 8 > maxHeaderBytes) {
    throw new JambalayaError('limit', { what: 'safetensors header bytes', limit: maxHeaderBytes, found: headSize - 8 });
  }
  const head = new Uint8Array(headSize).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headSize - 8), true);
  head.set(json, 8);
  return { head, tensors: placed, size: headSize + end };
}

function checkedBytes({ name, dtype, shape }: Omit<TensorToWrite, 'bytes'>, names: Set<string>): number {
  const fail = (expected: string, found: string) =>
    new JambalayaError('usage', { argument: `tensor ${name}`, expected, found });
  if (names.has(name) || /\p{Cs}/u.test(name)) throw fail('a name of its own', shown(name));
  names.add(name);
  if (!isStoredDType(dtype)) throw fail('a dtype of the safetensors format', shown(dtype));
  if (shape.length > maxRank || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw fail(`a shape of at most ${maxRank} whole numbers from 0`, shown(shape));
  }
  const byteLength = storedBytes(dtype, shape);
  if (typeof byteLength === 'string') throw fail('a shape that can be stored', byteLength);
  return byteLength;
}

/** Refuses bytes that do not have the size that dtype and shape say. */
export function checkTensorBytes(tensor: { readonly name: string }, bytes: Uint8Array, byteLength: number): void {
  if (bytes.byteLength === byteLength) return;
  throw new JambalayaError('usage', {
    argument: `tensor ${tensor.name}`,
    expected: countOf(byteLength, 'byte'),
    found: countOf(bytes.byteLength, 'byte'),
  });
}

/** A whole file in memory; for small ones. Errors as {@link layOut}, and `usage` for bytes of another size. */
export function encodeSafetensors(
  tensors: readonly (Omit<TensorToWrite, 'bytes'> & { readonly bytes: Uint8Array })[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const layout = layOut(tensors, metadata);
  for (const { tensor, byteLength } of layout.tensors) checkTensorBytes(tensor, tensor.bytes, byteLength);
  const file = new Uint8Array(layout.size);
  file.set(layout.head);
  let offset = layout.head.length;
  for (const { tensor, byteLength } of layout.tensors) {
    file.set(tensor.bytes, offset);
    offset += byteLength;
  }
  return file;
}
