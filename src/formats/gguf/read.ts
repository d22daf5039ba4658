/**
 * The GGUF format, versions 2 and 3, little-endian: magic, version, counts, metadata (typed values under names), a
 * description of every tensor, then the tensors' bytes, each at a multiple of the alignment.
 *
 * As with safetensors everything is checked before any data is read: what a count or a length asks for is compared with
 * the file's own size first, tensors lie within the file and do not overlap. Dimensions stand in the file with the
 * fastest first; here, as everywhere in this project, the fastest is the last.
 */
import { JambalayaError } from '../../errors/index.js';
import { expectNotForeign } from '../foreign.js';
import { countOf, shown, shownName } from '../phrases.js';
import type { ByteSource } from '../source.js';
import { GgufCursor } from './cursor.js';
import {
  arrayTypeCode,
  defaultAlignment,
  type GgufMetadata,
  type GgufScalar,
  type GgufScalarType,
  type GgufTensorType,
  type GgufValue,
  ggufScalarType,
  ggufTensorBytes,
  ggufTensorType,
  ggufTypeBytes,
  ggufTypeList,
  maxTensorRank,
  tensorTypeName,
} from './types.js';

/** One tensor of a file, not yet read. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgufTensorType;
  /** The slowest dimension first: rows (outputs, inputs) of a matrix. */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** Absolute byte offset in `source`. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface GgufFile {
  readonly name: string;
  readonly version: number;
  readonly metadata: GgufMetadata;
  /** In the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const magic = 0x46554747;
const maxKeys = 65_536;
const maxNameBytes = 65_535;
const maxStringBytes = 1 << 26;
/** Of all metadata together: a value costs some tens of bytes of heap for one byte of file. */
const maxValues = 1 << 23;
const maxTensors = 1_000_000;
/** A name of no bytes, no dimensions, a type and an offset. */
const leastTensorBytes = 8 + 4 + 4 + 8;
const leastPairBytes = 8 + 4 + 1;

/**
 * Reads and checks the head of a GGUF file; tensors are read later, one by one.
 *
 * @throws `format` naming the file, the tensor, what was expected and what was found
 */
export async function readGguf(source: ByteSource): Promise<GgufFile> {
  const cursor = new GgufCursor(source);
  if (source.size < 24) throw cursor.error('a GGUF file: 24 bytes of head', countOf(source.size, 'byte'));
  if ((await cursor.u32()) !== magic) {
    await expectNotForeign(source, 'a GGUF file');
    throw cursor.error('a file that starts with GGUF', 'other bytes');
  }
  const version = await cursor.u32();
  if (version !== 2 && version !== 3) {
    const swapped = version === 0x02000000 || version === 0x03000000;
    throw cursor.error('GGUF version 2 or 3', swapped ? 'a file for big-endian machines' : `version ${version}`);
  }
  const tensorCount = await cursor.count('tensors', maxTensors, leastTensorBytes);
  const pairCount = await cursor.count('metadata keys', maxKeys, leastPairBytes);
  const metadata = await readMetadata(cursor, pairCount);
  const alignment = alignmentOf(cursor, metadata);

  const infos = new Map<string, TensorInfo>();
  for (let i = 0; i < tensorCount; i++) {
    const name = text(cursor, await cursor.string('a tensor’s name', maxNameBytes));
    if (infos.has(name)) throw cursor.error('every tensor once', `${shown(name)} twice`);
    infos.set(name, await readInfo(cursor, source.name, name));
  }
  const dataStart = Math.ceil(cursor.offset / alignment) * alignment;
  const tensors = [...infos.values()].map((info) => placed(source, info, dataStart, alignment));
  tensors.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  checkOverlaps(tensors);
  return { name: source.name, version, metadata, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
}

async function readMetadata(cursor: GgufCursor, count: number): Promise<GgufMetadata> {
  const metadata = new Map<string, GgufValue>();
  let left = maxValues;
  for (let i = 0; i < count; i++) {
    const key = text(cursor, await cursor.string('a metadata key', maxNameBytes));
    if (metadata.has(key)) throw cursor.error('every metadata key once', `${shown(key)} twice`);
    const code = await cursor.u32();
    if (code === arrayTypeCode) {
      const of = scalarType(cursor, key, await cursor.u32());
      const length = await cursor.count(`values of ${shownName(key)}`, left, ggufTypeBytes[of]);
      left -= length;
      metadata.set(key, { type: 'array', of, value: await readArray(cursor, key, of, length) });
    } else {
      const type = scalarType(cursor, key, code);
      metadata.set(key, { type, value: await readScalar(cursor, key, type) });
    }
  }
  return metadata;
}

function scalarType(cursor: GgufCursor, key: string, code: number): GgufScalarType {
  const type = ggufScalarType(code);
  if (type !== undefined) return type;
  const found = code === arrayTypeCode ? 'an array of arrays' : `type ${code}`;
  throw cursor.error(`${shownName(key)} to have a type of the format`, found);
}

async function readArray(cursor: GgufCursor, key: string, of: GgufScalarType, length: number): Promise<GgufScalar[]> {
  if (of === 'string') return cursor.texts(shownName(key), maxStringBytes, length);
  const values: GgufScalar[] = [];
  const { view, position } = await cursor.take(length * ggufTypeBytes[of]);
  for (let i = 0; i < length; i++) values.push(fixedScalar(cursor, key, of, view, position + i * ggufTypeBytes[of]));
  return values;
}

/** Texts that are no UTF-8 get U+FFFD: vocabularies of other kinds than ours hold such. */
async function readScalar(cursor: GgufCursor, key: string, type: GgufScalarType): Promise<GgufScalar> {
  if (type === 'string') {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await cursor.string(shownName(key), maxStringBytes));
  }
  const { view, position } = await cursor.take(ggufTypeBytes[type]);
  return fixedScalar(cursor, key, type, view, position);
}

function fixedScalar(
  cursor: GgufCursor,
  key: string,
  type: Exclude<GgufScalarType, 'string'>,
  view: DataView,
  position: number,
): GgufScalar {
  switch (type) {
    case 'u8':
      return view.getUint8(position);
    case 'i8':
      return view.getInt8(position);
    case 'u16':
      return view.getUint16(position, true);
    case 'i16':
      return view.getInt16(position, true);
    case 'u32':
      return view.getUint32(position, true);
    case 'i32':
      return view.getInt32(position, true);
    case 'f32':
      return view.getFloat32(position, true);
    case 'f64':
      return view.getFloat64(position, true);
    case 'u64':
      return view.getBigUint64(position, true);
    case 'i64':
      return view.getBigInt64(position, true);
    case 'bool': {
      const byte = view.getUint8(position);
      if (byte > 1) throw cursor.error(`${shownName(key)} to be 0 or 1`, `${byte}`);
      return byte === 1;
    }
  }
}

/** Names are UTF-8; anything else could not be asked for. */
function text(cursor: GgufCursor, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw cursor.error('names in UTF-8', 'other bytes');
  }
}

function alignmentOf(cursor: GgufCursor, metadata: GgufMetadata): number {
  const given = metadata.get('general.alignment');
  if (given === undefined) return defaultAlignment;
  const { type, value } = given;
  const power = typeof value === 'number' && value >= 1 && value <= 65_536 && (value & (value - 1)) === 0;
  if (type === 'u32' && power) return value;
  throw cursor.error('general.alignment to be a power of two up to 65536', shown(value));
}

interface TensorInfo {
  readonly name: string;
  readonly type: GgufTensorType;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** From the start of the data. */
  readonly offset: bigint;
}

async function readInfo(cursor: GgufCursor, file: string, name: string): Promise<TensorInfo> {
  const fail = (expected: string, found: string, hint?: string) =>
    new JambalayaError('format', { file, tensor: shownName(name), expected, found }, { hint });
  const rank = await cursor.u32();
  if (rank > maxTensorRank) throw fail(`at most ${maxTensorRank} dimensions`, `${rank}`);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const size = await cursor.u64();
    if (size > Number.MAX_SAFE_INTEGER) throw fail('a shape that fits the file', `a dimension of ${size}`);
    shape.unshift(Number(size));
  }
  const code = await cursor.u32();
  const offset = await cursor.u64();
  const type = ggufTensorType(code);
  if (type === undefined) {
    const hint = 'Use a GGUF of another type, such as Q4_K_M, Q8_0 or F16.';
    throw fail(`one of the types ${ggufTypeList}`, tensorTypeName(code), hint);
  }
  const byteLength = ggufTensorBytes(type, shape);
  if (typeof byteLength === 'string') throw fail('a shape that fits the file', byteLength);
  return { name, type, shape, byteLength, offset };
}

function placed(source: ByteSource, info: TensorInfo, dataStart: number, alignment: number): GgufTensor {
  const { name, type, shape, byteLength } = info;
  const fail = (expected: string, found: string) =>
    new JambalayaError('format', { file: source.name, tensor: shownName(name), expected, found });
  const available = source.size - dataStart;
  if (info.offset > Number.MAX_SAFE_INTEGER || Number(info.offset) + byteLength > available) {
    const found = `${countOf(byteLength, 'byte')} at ${info.offset}`;
    throw fail(`its data within ${countOf(Math.max(0, available), 'byte')}`, found);
  }
  const offset = Number(info.offset);
  if (offset % alignment !== 0) throw fail(`its data at a multiple of ${alignment}`, `offset ${offset}`);
  return { name, type, shape, source, offset: dataStart + offset, byteLength };
}

/** `tensors` are sorted by offset. */
function checkOverlaps(tensors: readonly GgufTensor[]): void {
  let end = 0;
  let before = '';
  for (const { name, source, offset, byteLength } of tensors) {
    if (offset < end) {
      throw new JambalayaError('format', {
        file: source.name,
        tensor: shownName(name),
        expected: `its data behind that of ${before}`,
        found: `an overlap of ${countOf(end - offset, 'byte')}`,
      });
    }
    end = offset + byteLength;
    before = shownName(name);
  }
}
