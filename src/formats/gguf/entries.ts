/** Tensors of a GGUF file as entries that every reader of tensors takes, decoded where their type is a block format. */
import { decodeBlocks, isBlockFormat } from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { shown } from '../phrases.js';
import type { TensorEntry } from '../safetensors/read.js';
import { readFloats } from '../safetensors/values.js';
import { type ByteSource, checkRange } from '../source.js';
import type { GgufTensor } from './read.js';
import { ggufTensorTypes } from './types.js';

export interface EntryOptions {
  /** Another name than in the file. */
  readonly name?: string;
  /** Another shape of the same number of values. */
  readonly shape?: readonly number[];
  /** One slice of the first dimension alone. */
  readonly slice?: number;
  /** What the file keeps is a function of the tensor: this takes it back, value by value. */
  readonly map?: (value: number) => number;
}

/**
 * A tensor as a {@link TensorEntry}. F32, F16 and BF16 lie in the file as the entry says, so that a device may map them.
 * Block formats, and whatever has a `map`, are F32 entries of a source that decodes while it is read: four bytes a
 * value in memory, exact.
 */
export function ggufEntry(tensor: GgufTensor, options: EntryOptions = {}): TensorEntry {
  const [count = 1, ...rest] = tensor.shape;
  const sliced = options.slice !== undefined;
  const byteLength = sliced ? tensor.byteLength / count : tensor.byteLength;
  const offset = tensor.offset + (options.slice ?? 0) * byteLength;
  const part = { ...tensor, shape: sliced ? rest : tensor.shape, offset, byteLength };
  const shape = options.shape ?? part.shape;
  const values = valuesOf(part.shape);
  if (valuesOf(shape) !== values || (sliced && !(options.slice! >= 0 && options.slice! < count))) {
    throw new JambalayaError('format', {
      file: tensor.source.name,
      tensor: tensor.name,
      expected: sliced ? `slice ${options.slice} of shape ${shown(shape)}` : `shape ${shown(shape)}`,
      found: shown(tensor.shape),
    });
  }
  const name = options.name ?? tensor.name;
  if (!isBlockFormat(tensor.type) && options.map === undefined) {
    return { name, dtype: tensor.type, shape, source: tensor.source, offset, byteLength };
  }
  const entry = { name, dtype: 'F32' as const, shape, offset: 0, byteLength: 4 * values };
  const source = decoded(part, values, options.map);
  if (!isBlockFormat(tensor.type) || options.map !== undefined) return { ...entry, source };
  return { ...entry, source, blocks: { format: tensor.type, source: tensor.source, offset, byteLength } };
}

const valuesOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The values of a tensor as little-endian F32. Any range of bytes can be read; whole blocks are decoded for it. */
function decoded(tensor: GgufTensor, values: number, map: ((value: number) => number) | undefined): ByteSource {
  const { blockValues, blockBytes } = ggufTensorTypes[tensor.type];
  const { name } = tensor.source;
  const size = 4 * values;
  return {
    name,
    size,
    async read(offset, length) {
      checkRange({ name, size }, offset, length);
      const first = Math.floor(offset / (4 * blockValues));
      const end = Math.ceil((offset + length) / (4 * blockValues));
      const floats = await readBlocks(tensor, first * blockBytes, (end - first) * blockBytes);
      if (map !== undefined) for (let i = 0; i < floats.length; i++) floats[i] = map(floats[i]!);
      return new Uint8Array(floats.buffer, floats.byteOffset + offset - first * 4 * blockValues, length).slice();
    },
    async close() {},
  };
}

async function readBlocks(tensor: GgufTensor, start: number, byteLength: number): Promise<Float32Array> {
  const { name, type, source } = tensor;
  const offset = tensor.offset + start;
  if (!isBlockFormat(type)) return readFloats({ name, dtype: type, shape: [], source, offset, byteLength });
  return decodeBlocks(type, await source.read(offset, byteLength));
}

/**
 * The tensor with its rows (of the first dimension; a vector's are its elements) in another order, `rowInFile` of each. A row
 * must lie near its place: what lies between the rows of a read is read with them.
 */
export function permutedRows(tensor: GgufTensor, rowInFile: (row: number) => number): GgufTensor {
  const rowBytes = tensor.byteLength / tensor.shape[0]!;
  const { name } = tensor.source;
  const size = tensor.byteLength;
  const source: ByteSource = {
    name,
    size,
    async read(offset, length) {
      checkRange({ name, size }, offset, length);
      const [first, end] = [Math.floor(offset / rowBytes), Math.ceil((offset + length) / rowBytes)];
      const rows = Array.from({ length: end - first }, (_, i) => rowInFile(first + i));
      const lowest = rows.reduce((low, row) => Math.min(low, row), first);
      const highest = rows.reduce((high, row) => Math.max(high, row), first);
      const stored = await tensor.source.read(tensor.offset + lowest * rowBytes, (highest + 1 - lowest) * rowBytes);
      const bytes = new Uint8Array(rows.length * rowBytes);
      rows.forEach((row, i) => {
        bytes.set(stored.subarray((row - lowest) * rowBytes, (row + 1 - lowest) * rowBytes), i * rowBytes);
      });
      return bytes.slice(offset - first * rowBytes, offset - first * rowBytes + length);
    },
    async close() {},
  };
  return { ...tensor, source, offset: 0 };
}
