/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes.
 *
 * The header names each tensor's dtype, shape and `data_offsets` [begin, end) relative to the end of the header. The
 * tensors cover the rest of the file exactly: no overlap, no hole. All of that is checked here, before anything of the
 * data is read, so that later code may trust every {@link TensorEntry}.
 */
import type { BlockFormat } from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { expectNotForeign } from '../foreign.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json.js';
import { countOf, shown, shownName } from '../phrases.js';
import type { ByteSource } from '../source.js';
import { isStoredDType, maxRank, type StoredDType, storedBytes } from './dtypes.js';

/** One tensor of a file, not yet read. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: StoredDType;
  /** [] is a scalar; an entry may be 0. */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** Absolute byte offset in `source`. */
  readonly offset: number;
  readonly byteLength: number;
  /** Where its values lie in blocks, of which `source` makes floats while they are read: a device may do it itself. */
  readonly blocks?: StoredBlocks;
}

/** Bytes of whole blocks, one after another. */
export interface StoredBlocks {
  readonly format: BlockFormat;
  readonly source: ByteSource;
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsFile {
  readonly name: string;
  /** `__metadata__` of the header, {} if it has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** The format's own limit. */
export const maxHeaderBytes = 100_000_000;

const maxTensors = 1_000_000;

/**
 * Reads and checks the header of a safetensors file; tensors are read later, one by one.
 *
 * @throws `format` naming the file, the tensor, what was expected and what was found
 */
export async function readSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const file = source.name;
  const fail = (expected: string, found: string) => new JambalayaError('format', { file, expected, found });

  if (source.size < 8) throw fail('a safetensors file: 8 bytes of header length', countOf(source.size, 'byte'));
  const lengthBytes = await source.read(0, 8);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 8).getBigUint64(0, true);
  // The frequent causes of such a length first: the file is none of safetensors at all.
  const refuse = async (expected: string, found: string) => {
    await expectNotForeign(source, 'a safetensors file');
    throw fail(expected, found);
  };
  if (length > maxHeaderBytes) await refuse(`a header of at most ${maxHeaderBytes} bytes`, `${length}`);
  const headerBytes = Number(length);
  if (8 + headerBytes > source.size) {
    await refuse(`a header of ${countOf(headerBytes, 'byte')}`, `a file of ${countOf(source.size, 'byte')}`);
  }
  const header = await source.read(8, headerBytes);
  if (header[0] !== 0x7b)
    await refuse('a header that starts with {', headerBytes === 0 ? 'an empty header' : 'other bytes');
  const root = parseJson(file, header, { maxBytes: maxHeaderBytes, maxDepth: 16, uniqueKeys: true });

  const names = Object.keys(root);
  if (names.length > maxTensors) throw fail(`at most ${maxTensors} tensors`, `${names.length}`);
  const dataStart = 8 + headerBytes;
  const entries: TensorEntry[] = [];
  for (const name of names) {
    if (name !== '__metadata__') entries.push(readEntry(source, name, root[name]!, dataStart));
  }
  checkCoverage(file, entries, dataStart, source.size);
  return {
    name: file,
    metadata: readMetadata(file, root),
    tensors: new Map(entries.map((entry) => [entry.name, entry])),
  };
}

function readMetadata(file: string, root: JsonObject): Record<string, string> {
  const metadata = Object.hasOwn(root, '__metadata__') ? root.__metadata__ : {};
  if (!isJsonObject(metadata)) {
    throw new JambalayaError('format', { file, expected: '__metadata__ to be an object', found: shown(metadata) });
  }
  // fromEntries defines keys rather than assigning them, so that a key such as `__proto__` is only a key.
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === 'string') return [key, value];
      throw new JambalayaError('format', {
        file,
        expected: `__metadata__.${shownName(key)} to be a string`,
        found: shown(value),
      });
    }),
  );
}

function readEntry(source: ByteSource, name: string, info: JsonValue, dataStart: number): TensorEntry {
  const fail = (expected: string, found: string) =>
    new JambalayaError('format', { file: source.name, tensor: shownName(name), expected, found });

  if (/\p{Cs}/u.test(name)) throw fail('a name in Unicode', 'half of a surrogate pair');
  if (!isJsonObject(info)) throw fail('an object with dtype, shape and data_offsets', shown(info));
  const { dtype, shape, data_offsets: offsets } = info;
  if (!isStoredDType(dtype)) throw fail('a dtype of the safetensors format', shown(dtype));
  if (!isSizes(shape)) throw fail('a shape of whole numbers from 0', shown(shape));
  if (shape.length > maxRank) throw fail(`at most ${maxRank} dimensions`, `${shape.length}`);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('two data_offsets from 0', shown(offsets));
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fail('data_offsets in rising order', shown(offsets));
  const available = source.size - dataStart;
  if (end > available) throw fail(`data_offsets within ${countOf(available, 'byte')} of data`, shown(offsets));
  const byteLength = storedBytes(dtype, shape);
  if (typeof byteLength === 'string') throw fail('a shape that fits the file', byteLength);
  if (byteLength !== end - begin) {
    throw fail(`${countOf(byteLength, 'byte')} for ${dtype} ${shown(shape)}`, `${countOf(end - begin, 'byte')}`);
  }
  return { name, dtype, shape, source, offset: dataStart + begin, byteLength };
}

function isSizes(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Sorts `entries` by offset and checks that they cover the data exactly. */
function checkCoverage(file: string, entries: TensorEntry[], dataStart: number, fileSize: number): void {
  // Empty tensors lie before the one that starts at the same byte.
  entries.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let covered = dataStart;
  let before = 'the header';
  for (const { name, offset, byteLength } of entries) {
    if (offset !== covered) {
      const distance = countOf(Math.abs(offset - covered), 'byte');
      throw new JambalayaError('format', {
        file,
        tensor: shownName(name),
        expected: `its data right after ${before}`,
        found: offset > covered ? `a hole of ${distance}` : `an overlap of ${distance}`,
      });
    }
    covered += byteLength;
    before = `the data of ${shownName(name)}`;
  }
  if (covered !== fileSize) {
    throw new JambalayaError('format', {
      file,
      expected: `a file of ${countOf(covered, 'byte')}, as its header says`,
      found: countOf(fileSize, 'byte'),
    });
  }
}
