import {
  countCommands,
  type Device,
  type DeviceCeilings,
  type DeviceMemory,
  type DType,
  dtypeBytes,
  dtypeCodes,
  type HostArray,
  type SubmissionTimes,
} from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { submissionError } from '../failure.js';
import { hostArray } from '../hostArray.js';
import { LinearAllocator } from './allocator.js';

/** What the module exports; see `kernels/wasm/host.cpp`. */
interface Exports {
  readonly __heap_base: WebAssembly.Global;
  submit(words: number, count: number, buffers: number, bufferCount: number, scratch: number, failure: number): number;
  scratchSize(): number;
  /** Multiplies f32, or bytes with `int8` 1, in registers; the number of operations. */
  multiply(int8: number, rounds: number, sink: number): number;
  readMemory(data: number, bytes: number): number;
}

interface WasmBuffer {
  readonly dtype: DType;
  readonly length: number;
  readonly offset: number;
}

const pageBytes = 65536;
/** 4 GiB, all that wasm32 can address, less one page so that every end is a 32-bit number. */
const maximumPages = 65535;
/** A row of the buffer table: data (u32), padding, length (i64), dtype (i32), readOnly and generation (i16). */
const tableRowBytes = 24;
/** A handle's place, and its generation above. */
const placeBits = 20;
const mostPlaces = 2 ** placeBits;
const placeOf = (handle: number) => handle & (mostPlaces - 1);
const nextGeneration = (handle: number) => (handle + mostPlaces) & 0x7fffffff;
/** Far more than any cache holds. */
const ceilingBytes = 128 * 2 ** 20;

/** The C++ kernels as WebAssembly SIMD128, on the calling thread; works in Node and in every current browser. */
export class WasmDevice implements Device {
  readonly name = 'wasm';
  readonly isa = 'simd128';
  readonly threads = 1;
  private readonly allocator: LinearAllocator;
  /** By handle: a place in the table of the kernels and, above `placeBits`, its generation (`kernels/engine/context.h`). */
  private readonly buffers = new Map<number, WasmBuffer>();
  /** What the next buffer in each free place is called. */
  private readonly freeHandles: number[] = [];
  private readonly scratch: number;
  private readonly failure: number;
  private table: { offset: number; rows: number };
  private words: { offset: number; length: number };
  private places = 1;
  private bytes = 0;
  private peakBytes = 0;
  private listener: ((times: SubmissionTimes) => void) | undefined;

  /** Compiles and starts the module; `bytes` is `kernels/wasm/jambalaya.wasm`. */
  static async open(bytes: BufferSource): Promise<WasmDevice> {
    const memory = new WebAssembly.Memory({ initial: 32, maximum: maximumPages });
    try {
      const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
      return new WasmDevice(instance.exports as unknown as Exports, memory);
    } catch (cause) {
      throw new JambalayaError('unavailable', { what: 'device wasm', reason: String(cause) }, { cause });
    }
  }

  private constructor(
    private readonly module: Exports,
    private readonly linear: WebAssembly.Memory,
  ) {
    this.allocator = new LinearAllocator(module.__heap_base.value as number, (end) => this.reserve(end));
    this.scratch = this.allocator.take(module.scratchSize());
    this.failure = this.allocator.take(16);
    this.words = { offset: this.allocator.take(4096), length: 1024 };
    this.table = { offset: this.allocator.take(256 * tableRowBytes), rows: 256 };
  }

  get memory(): DeviceMemory {
    // The linear memory grows and never shrinks.
    const heldBytes = this.linear.buffer.byteLength;
    return { bytes: this.bytes, peakBytes: this.peakBytes, mappedBytes: 0, heldBytes, peakHeldBytes: heldBytes };
  }

  allocate(dtype: DType, length: number): number {
    const bytes = length * dtypeBytes[dtype];
    if (this.freeHandles.length === 0 && this.places === mostPlaces) this.refuse('more buffers than there are handles');
    const buffer = { dtype, length, offset: this.allocator.take(bytes) };
    const handle = this.freeHandles.pop() ?? this.places++;
    this.buffers.set(handle, buffer);
    if (placeOf(handle) >= this.table.rows) this.growTable();
    this.fillRow(handle, buffer);
    this.bytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    return handle;
  }

  free(handle: number): void {
    const { dtype, length, offset } = this.find(handle);
    this.allocator.give(offset);
    this.buffers.delete(handle);
    this.freeHandles.push(nextGeneration(handle));
    this.fillRow(handle, undefined);
    this.bytes -= length * dtypeBytes[dtype];
  }

  write(handle: number, data: HostArray, offset = 0): void {
    const view = this.view(handle, offset, data.length, 'write');
    if (view.BYTES_PER_ELEMENT !== data.BYTES_PER_ELEMENT && !(data instanceof Float64Array)) {
      this.refuse(`write: ${data.constructor.name} into ${this.find(handle).dtype}`);
    }
    view.set(data);
  }

  async read(handle: number, offset: number, length: number): Promise<HostArray> {
    return this.view(handle, offset, length, 'read').slice();
  }

  submit(words: Int32Array): void {
    if (this.listener === undefined) this.run(words);
    else this.runTimed(words, this.listener);
  }

  ceilings(): DeviceCeilings {
    const { module, failure } = this;
    const data = this.allocator.take(ceilingBytes);
    try {
      const bytes = new Uint32Array(this.linear.buffer, data, ceilingBytes / 4);
      bytes.forEach((_, i) => {
        bytes[i] = i;
      });
      const operations = (int8: number) => {
        let rounds = 1000;
        const count = () => module.multiply(int8, rounds, failure);
        while (millisecondsOf(count) < 5 && rounds < 2 ** 24) rounds *= 2;
        return count() / fastestMilliseconds(count) / 1e6;
      };
      const f32 = operations(0);
      return {
        readGigabytesPerSecond: ceilingBytes / fastestMilliseconds(() => module.readMemory(data, ceilingBytes)) / 1e6,
        int8GigaOpsPerSecond: operations(1),
        bf16GigaFlopsPerSecond: f32,
        f32GigaFlopsPerSecond: f32,
      };
    } finally {
      this.allocator.give(data);
    }
  }

  observe(listener?: (times: SubmissionTimes) => void): void {
    this.listener = listener;
  }

  dispose(): void {
    for (const handle of [...this.buffers.keys()]) this.free(handle);
  }

  /** Command by command, with the clock read between them. */
  private runTimed(words: Int32Array, listener: (times: SubmissionTimes) => void): void {
    const nanoseconds = new Float64Array(2 * countCommands(words));
    const startMilliseconds = performance.now();
    const now = () => 1e6 * (performance.now() - startMilliseconds);
    let command = 0;
    for (let at = 0; at < words.length; ) {
      const end = at + Math.max(2, words[at + 1] ?? 0);
      nanoseconds[command++] = now();
      this.run(words.subarray(at, end), at);
      nanoseconds[command++] = now();
      at = end;
    }
    listener({ words, startMilliseconds, nanoseconds, dtypeOf: (handle) => this.buffers.get(handle)?.dtype });
  }

  /** `firstWord` is where these words stand in their submission. */
  private run(words: Int32Array, firstWord = 0): void {
    if (words.length > this.words.length) {
      this.allocator.give(this.words.offset);
      this.words = { offset: this.allocator.take(words.byteLength), length: words.length };
    }
    new Int32Array(this.linear.buffer, this.words.offset, words.length).set(words);
    const { module, table, scratch, failure } = this;
    const status = module.submit(this.words.offset, words.length, table.offset, this.places, scratch, failure);
    if (status === 0) return;
    const [code, word, opcode, handle] = new Int32Array(this.linear.buffer, failure, 4);
    throw submissionError(this.name, Int32Array.of(code!, firstWord + word!, opcode!, handle!));
  }

  private find(handle: number): WasmBuffer {
    return this.buffers.get(handle) ?? this.refuse(`no buffer ${handle}`);
  }

  /** A view of the buffer's elements; valid until the memory grows. */
  private view(handle: number, offset: number, length: number, what: string): HostArray {
    const buffer = this.find(handle);
    if (offset < 0 || length < 0 || offset + length > buffer.length) this.refuse(`${what}: outside the buffer`);
    const start = buffer.offset + offset * dtypeBytes[buffer.dtype];
    return hostArray(buffer.dtype, length, this.linear.buffer, start);
  }

  private reserve(end: number): void {
    const missing = Math.ceil((end - this.linear.buffer.byteLength) / pageBytes);
    if (missing <= 0) return;
    const held = this.linear.buffer.byteLength / pageBytes;
    try {
      if (held + missing > maximumPages) throw new RangeError('4 GiB are the most that wasm32 can address');
      // Growing by an eighth keeps the number of growths small.
      this.linear.grow(Math.min(Math.max(missing, held >> 3), maximumPages - held));
    } catch (cause) {
      const reason = `cannot grow the memory to ${end} bytes: ${(cause as Error).message}`;
      throw new JambalayaError(
        'device',
        { device: this.name, reason },
        { cause, hint: 'use the native device, or a smaller model or context' },
      );
    }
  }

  private growTable(): void {
    const old = this.table;
    this.table = { offset: this.allocator.take(2 * old.rows * tableRowBytes), rows: 2 * old.rows };
    const bytes = new Uint8Array(this.linear.buffer);
    bytes.copyWithin(this.table.offset, old.offset, old.offset + old.rows * tableRowBytes);
    this.allocator.give(old.offset);
  }

  private fillRow(handle: number, buffer: WasmBuffer | undefined): void {
    const row = new Int32Array(this.linear.buffer, this.table.offset + placeOf(handle) * tableRowBytes, 6);
    row[0] = buffer?.offset ?? 0;
    row[2] = buffer?.length ?? 0;
    row[3] = Math.floor((buffer?.length ?? 0) / 2 ** 32);
    row[4] = buffer === undefined ? 0 : dtypeCodes[buffer.dtype];
    row[5] = (handle >> placeBits) << 16;
  }

  private refuse(reason: string): never {
    throw new JambalayaError('device', { device: this.name, reason });
  }
}

function millisecondsOf(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

/** Of seven runs; never 0, however coarse the clock is. */
const fastestMilliseconds = (body: () => void) =>
  Math.max(1e-3, Math.min(...Array.from({ length: 7 }, () => millisecondsOf(body))));
