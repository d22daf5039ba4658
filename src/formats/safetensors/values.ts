/**
 * Tensors out of a safetensors file as bytes and as numbers. The format is little-endian, and so is every machine that
 * runs JavaScript today: typed arrays read the bytes as they lie.
 */
import { f16ToNumber } from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { shownName } from '../phrases.js';
import type { StoredDType } from './dtypes.js';
import type { TensorEntry } from './read.js';

/** A tensor's bytes as stored: a copy that starts at offset 0 of its own buffer, so that any typed array fits on it. */
export async function readTensor(entry: TensorEntry): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await entry.source.read(entry.offset, entry.byteLength);
  const owned = bytes.byteOffset === 0 && bytes.buffer.byteLength === entry.byteLength;
  return owned && bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** A tensor of F32, F16, BF16 or F64 as float32, in the order of the file. Any other dtype is a `format` error. */
export async function readFloats(entry: TensorEntry): Promise<Float32Array> {
  const { buffer } = await readTensor(expectDType(entry, ['F32', 'F16', 'BF16', 'F64']));
  switch (entry.dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16': {
      const table = f16Table();
      return Float32Array.from(new Uint16Array(buffer), (bits) => table[bits]!);
    }
    default:
      return widenBf16(new Uint16Array(buffer));
  }
}

/**
 * A tensor of whole numbers (any signed or unsigned width, or BOOL) as int32. A value that does not fit, or another
 * dtype, is a `format` error.
 */
export async function readIntegers(entry: TensorEntry): Promise<Int32Array> {
  const { buffer } = await readTensor(
    expectDType(entry, ['I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL']),
  );
  switch (entry.dtype) {
    case 'I32':
      return new Int32Array(buffer);
    case 'I64':
      return narrow(entry, new BigInt64Array(buffer));
    case 'U64':
      return narrow(entry, new BigUint64Array(buffer));
    case 'U32':
      return narrow(entry, new Uint32Array(buffer));
    case 'I16':
      return Int32Array.from(new Int16Array(buffer));
    case 'U16':
      return Int32Array.from(new Uint16Array(buffer));
    case 'I8':
      return Int32Array.from(new Int8Array(buffer));
    default:
      return Int32Array.from(new Uint8Array(buffer));
  }
}

function expectDType(entry: TensorEntry, accepted: readonly StoredDType[]): TensorEntry {
  if (accepted.includes(entry.dtype)) return entry;
  throw new JambalayaError('format', {
    file: entry.source.name,
    tensor: shownName(entry.name),
    expected: `a dtype of ${accepted.join(', ')}`,
    found: entry.dtype,
  });
}

function narrow(entry: TensorEntry, values: BigInt64Array | BigUint64Array | Uint32Array): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < -0x80000000 || value > 0x7fffffff) {
      throw new JambalayaError('format', {
        file: entry.source.name,
        tensor: shownName(entry.name),
        expected: 'values that fit 32 bits with a sign',
        found: `${value} at position ${i}`,
      });
    }
    result[i] = Number(value);
  }
  return result;
}

function widenBf16(values: Uint16Array): Float32Array {
  const words = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) words[i] = values[i]! << 16;
  return new Float32Array(words.buffer);
}

let f16Values: Float32Array | undefined;

/** All 65,536 values of binary16: a look-up is several times faster than the arithmetic. */
function f16Table(): Float32Array {
  f16Values ??= Float32Array.from({ length: 0x10000 }, (_, bits) => f16ToNumber(bits));
  return f16Values;
}
