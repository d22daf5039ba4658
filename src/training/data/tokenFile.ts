/**
 * A file of tokens: the documents of one source, encoded once. It is a safetensors file whose header has a fixed size, so
 * that it can be written as a stream:
 *
 *     ids          U16 or I32 (P)   all documents, one after another; P is their number, padded to whole 8 bytes
 *     documents    I64 (D + 1)      where each document begins, and where the last one ends
 *     learned      I64 (R, 2)       [begin, end) of tokens whose prediction is learned; absent if all are
 *     hashes       U32 (D)          decides which documents are held out
 *     token_bytes  U16 (V)          UTF-8 bytes of each token's text
 *
 * `__metadata__` has the key (what the file was made from) and the SHA-256 of all that follows the header, and of the
 * layout that the header states.
 */
import { JambalayaError } from '../../errors/index.js';
import type { StoredDType, TensorEntry } from '../../formats/index.js';

/** Bytes of the length field and the header. */
export const headBytes = 4096;
export const tokenFileFormat = 'jambalaya tokens 1';

/** Tokens, and what is learned of them. */
export interface EncodedTokens {
  readonly ids: ArrayLike<number>;
  /** For each id, whether predicting it is learned; absent if all are. */
  readonly learned?: readonly boolean[];
}

/** Bytes of a file that stays as it is while it is open. */
export interface StoredBytes {
  readonly size: number;
  /** Whether they are the file itself, mapped into memory. */
  readonly isMapped: boolean;
  /** Only to be read. Begins at a multiple of 8 bytes where `offset` does. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Names, types and shapes of the tensors as one text, which is hashed after their bytes: the header is not to be damaged either. */
export const layoutText = (
  tensors: Iterable<{ readonly name: string; readonly dtype: StoredDType; readonly shape: readonly number[] }>,
): string => Array.from(tensors, ({ name, dtype, shape }) => `${name} ${dtype} ${shape.join()}`).join('\n');

/** The header of a token file with these tensors, in the order of their bytes. */
export function encodeHead(
  tensors: readonly {
    readonly name: string;
    readonly dtype: StoredDType;
    readonly shape: readonly number[];
    readonly bytes: number;
  }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  if (json.length > headBytes - 8) throw new RangeError(`a header of ${json.length} bytes`);
  const head = new Uint8Array(headBytes).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headBytes - 8), true);
  head.set(json, 8);
  return head;
}

/** The documents of one source as tokens. */
export class TokenFile implements Disposable {
  readonly documents: number;
  readonly tokens: number;
  /** Of each document, uniform below 2^32. */
  readonly hashes: Uint32Array;
  /** (V) */
  readonly tokenBytes: Uint16Array;
  /** (D + 1) */
  readonly starts: Float64Array;
  /** Begins and ends of what is learned, in turn; undefined if all is. */
  readonly #learned: Float64Array | undefined;
  readonly #ids: { readonly offset: number; readonly width: 2 | 4 };

  /**
   * @param key stands for what the file was made from
   * @throws `format` for tensors that no token file has
   */
  constructor(
    readonly path: string,
    readonly key: string,
    private readonly bytes: StoredBytes,
    tensors: ReadonlyMap<string, TensorEntry>,
  ) {
    const fail = (expected: string, found: string) => new JambalayaError('format', { file: path, expected, found });
    const entry = (name: string, ...dtypes: readonly StoredDType[]): TensorEntry => {
      const tensor = tensors.get(name);
      if (tensor !== undefined && dtypes.includes(tensor.dtype)) return tensor;
      throw fail(`a tensor ${name} of ${dtypes.join(' or ')}`, tensor?.dtype ?? 'none');
    };
    const copy = ({ offset, byteLength }: TensorEntry) => bytes.read(offset, byteLength).slice().buffer;
    const positions = (tensor: TensorEntry) => Float64Array.from(new BigInt64Array(copy(tensor)), Number);

    const ids = entry('ids', 'U16', 'I32');
    this.#ids = { offset: ids.offset, width: ids.dtype === 'U16' ? 2 : 4 };
    this.starts = positions(entry('documents', 'I64'));
    this.hashes = new Uint32Array(copy(entry('hashes', 'U32')));
    this.tokenBytes = new Uint16Array(copy(entry('token_bytes', 'U16')));
    this.#learned = tensors.has('learned') ? positions(entry('learned', 'I64')) : undefined;
    this.documents = this.hashes.length;
    this.tokens = this.starts.at(-1) ?? 0;
    const isWhole = this.starts.length === this.documents + 1 && this.tokens <= ids.shape[0]!;
    if (!isWhole)
      throw fail(`${this.documents} documents in ${ids.shape[0]} tokens`, `${this.starts.length} positions`);
  }

  get isMapped(): boolean {
    return this.bytes.isMapped;
  }

  /** Whether only a part of each document is learned. */
  get isPartlyLearned(): boolean {
    return this.#learned !== undefined;
  }

  /** Copies ids from position `start` into `out`. */
  read(start: number, out: Int32Array): void {
    const { offset, width } = this.#ids;
    const bytes = this.bytes.read(offset + start * width, out.length * width);
    const Ids = width === 2 ? Uint16Array : Int32Array;
    out.set(new Ids(bytes.buffer, bytes.byteOffset, out.length));
  }

  /** Calls `visit` for each stretch of [start, end) that is learned. */
  eachLearned(start: number, end: number, visit: (begin: number, end: number) => void): void {
    const learned = this.#learned;
    if (learned === undefined) {
      visit(start, end);
      return;
    }
    let low = 0;
    let high = learned.length / 2;
    // The first stretch that ends after `start`.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (learned[2 * middle + 1]! > start) high = middle;
      else low = middle + 1;
    }
    for (let i = low; i < learned.length / 2 && learned[2 * i]! < end; i++) {
      visit(Math.max(start, learned[2 * i]!), Math.min(end, learned[2 * i + 1]!));
    }
  }

  dispose(): void {
    this.bytes.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
