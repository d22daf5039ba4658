/** Writing the GGUF format, version 3: the layout that both the streamed and the in-memory writer follow. */
import { JambalayaError } from '../../errors/index.js';
import { countOf, shown } from '../phrases.js';
import {
  arrayTypeCode,
  defaultAlignment,
  type GgufMetadata,
  type GgufScalar,
  type GgufScalarType,
  type GgufTensorType,
  ggufTensorBytes,
  ggufTensorTypes,
  ggufTypeBytes,
  ggufTypeCodes,
  maxTensorRank,
} from './types.js';

export interface GgufTensorToWrite {
  readonly name: string;
  readonly type: GgufTensorType;
  /** The slowest dimension first. */
  readonly shape: readonly number[];
  /** Its bytes in pieces, made when their turn comes; only one piece is held at a time. */
  readonly pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface GgufLayout<T> {
  /** Everything before the data, padded to the alignment. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** In the given order, which is that of their bytes; zeros pad each to the alignment. */
  readonly tensors: readonly { readonly tensor: T; readonly byteLength: number; readonly padding: number }[];
  /** Bytes of the whole file. */
  readonly size: number;
}

/**
 * Lays a file out.
 *
 * @throws `usage` for a name that is used twice, a value that its type cannot hold, or a shape that cannot be stored
 */
export function layOutGguf<T extends Omit<GgufTensorToWrite, 'pieces'>>(
  tensors: readonly T[],
  metadata: GgufMetadata,
): GgufLayout<T> {
  const head = new HeadWriter();
  head.raw(new TextEncoder().encode('GGUF'));
  head.scalar('u32', 3);
  head.scalar('u64', BigInt(tensors.length));
  head.scalar('u64', BigInt(metadata.size));
  for (const [key, { type, value, ...array }] of metadata) {
    head.scalar('string', key);
    if (type !== 'array') {
      head.scalar('u32', ggufTypeCodes[type]);
      head.scalar(type, value as GgufScalar, key);
      continue;
    }
    const { of } = array as { of: GgufScalarType };
    const values = value as readonly GgufScalar[];
    head.scalar('u32', arrayTypeCode);
    head.scalar('u32', ggufTypeCodes[of]);
    head.scalar('u64', BigInt(values.length));
    for (const item of values) head.scalar(of, item, key);
  }

  const names = new Set<string>();
  let offset = 0;
  const placed = tensors.map((tensor) => {
    const byteLength = checkedBytes(tensor, names);
    head.scalar('string', tensor.name);
    head.scalar('u32', tensor.shape.length);
    for (const dimension of tensor.shape.toReversed()) head.scalar('u64', BigInt(dimension));
    head.scalar('u32', ggufTensorTypes[tensor.type].code);
    head.scalar('u64', BigInt(offset));
    const padding = paddingOf(byteLength);
    offset += byteLength + padding;
    return { tensor, byteLength, padding };
  });
  const bytes = head.padded();
  return { head: bytes, tensors: placed, size: bytes.length + offset };
}

const paddingOf = (length: number) => (defaultAlignment - (length % defaultAlignment)) % defaultAlignment;

function checkedBytes({ name, type, shape }: Omit<GgufTensorToWrite, 'pieces'>, names: Set<string>): number {
  const fail = (expected: string, found: string) =>
    new JambalayaError('usage', { argument: `tensor ${name}`, expected, found });
  if (names.has(name)) throw fail('a name of its own', shown(name));
  names.add(name);
  if (shape.length > maxTensorRank || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw fail(`a shape of at most ${maxTensorRank} whole numbers from 0`, shown(shape));
  }
  const byteLength = ggufTensorBytes(type, shape);
  if (typeof byteLength === 'string') throw fail(`a shape that ${type} can store`, byteLength);
  return byteLength;
}

/** Counts the pieces of a tensor while they pass. */
export async function* checkedPieces(
  { name, pieces }: GgufTensorToWrite,
  byteLength: number,
): AsyncGenerator<Uint8Array> {
  let found = 0;
  for await (const piece of pieces()) {
    found += piece.byteLength;
    yield piece;
  }
  if (found === byteLength) return;
  const expected = countOf(byteLength, 'byte');
  throw new JambalayaError('usage', { argument: `tensor ${name}`, expected, found: countOf(found, 'byte') });
}

/** A whole file in memory; for small ones. Errors as {@link layOutGguf}, and `usage` for bytes of another size. */
export async function encodeGguf(
  tensors: readonly GgufTensorToWrite[],
  metadata: GgufMetadata,
): Promise<Uint8Array<ArrayBuffer>> {
  const layout = layOutGguf(tensors, metadata);
  const file = new Uint8Array(layout.size);
  file.set(layout.head);
  let offset = layout.head.length;
  for (const { tensor, byteLength, padding } of layout.tensors) {
    let at = offset;
    for await (const piece of checkedPieces(tensor, byteLength)) {
      if (at + piece.byteLength <= offset + byteLength) file.set(piece, at);
      at += piece.byteLength;
    }
    offset += byteLength + padding;
  }
  return file;
}

/** A buffer that grows, and the bytes of values. */
class HeadWriter {
  private bytes = new Uint8Array(4096);
  private length = 0;

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  scalar(type: GgufScalarType, value: GgufScalar, key = 'head'): void {
    if (!holds(type, value)) {
      throw new JambalayaError('usage', { argument: key, expected: `a value of type ${type}`, found: shown(value) });
    }
    if (typeof value === 'string') {
      const text = new TextEncoder().encode(value);
      this.scalar('u64', BigInt(text.length));
      this.raw(text);
      return;
    }
    const size = ggufTypeBytes[type];
    this.reserve(size);
    const view = new DataView(this.bytes.buffer);
    const at = this.length;
    this.length += size;
    if (type === 'f32') view.setFloat32(at, Number(value), true);
    else if (type === 'f64') view.setFloat64(at, Number(value), true);
    // Two's complement: the low bytes are the same with and without a sign.
    else for (let i = 0; i < size; i++) this.bytes[at + i] = Number((BigInt(value) >> BigInt(8 * i)) & 255n);
  }

  padded(): Uint8Array<ArrayBuffer> {
    this.raw(new Uint8Array(paddingOf(this.length)));
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + count));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

function holds(type: GgufScalarType, value: GgufScalar): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'f32':
    case 'f64':
      return typeof value === 'number';
    case 'u64':
      return typeof value === 'bigint' && BigInt.asUintN(64, value) === value;
    case 'i64':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
    default: {
      const bits = 8 * ggufTypeBytes[type];
      const [least, most] = type.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
      return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    }
  }
}
