/** What a device is to the rooms above: typed buffers, and one door for work. */
import type { DType } from './dtypes.js';

/** `planning` computes nothing: it counts what would be allocated. */
export type DeviceName = 'native' | 'wasm' | 'reference' | 'planning';
/** Instruction sets; `float64` is the reference's plain TypeScript. */
export type InstructionSet = 'scalar' | 'avx2' | 'avx512' | 'neon' | 'simd128' | 'float64' | 'none';

/** Host data as it goes into and comes out of buffers: bf16 and f16 travel as their bits in a Uint16Array. */
export type HostArray = Float32Array | Float64Array | Int32Array | Int8Array | Uint16Array;

export interface DeviceMemory {
  /** Bytes of buffers that are allocated now (mapped files not counted). */
  readonly bytes: number;
  /** The largest that `bytes` has been. */
  readonly peakBytes: number;
  /** Bytes of files that are mapped and used where they lie. */
  readonly mappedBytes: number;
  /** Bytes that were taken from the system: buffers in whole blocks, and blocks that are kept for the next buffer. */
  readonly heldBytes: number;
  readonly peakHeldBytes: number;
}

/** What a device can do at most with its threads and instruction set, by loops that do nothing else. */
export interface DeviceCeilings {
  /** From memory, past every cache. */
  readonly readGigabytesPerSecond: number;
  /** Products and additions of int8 operands, both counted, in registers. */
  readonly int8GigaOpsPerSecond: number;
  /** The same of bf16 and of f32 operands; what an instruction set has no products for is done in f32. */
  readonly bf16GigaFlopsPerSecond: number;
  readonly f32GigaFlopsPerSecond: number;
}

/** When the commands of one submission ran. */
export interface SubmissionTimes {
  readonly words: Int32Array;
  /** The begin of the first command, on the clock of `performance.now()`. */
  readonly startMilliseconds: number;
  /** Begin and end of each command in turn, in nanoseconds after that. */
  readonly nanoseconds: Float64Array;
  /** What a buffer of these commands holds; only valid while the listener is being told. */
  readonly dtypeOf: (handle: number) => DType | undefined;
}

/**
 * A device is not a tensor library: it knows neither shapes nor gradients, allocates what it is told to, and runs
 * commands (see `commands.ts`) in order. A row's result depends on nothing but the row: not on the batch, on its
 * neighbours, on how a sequence is cut into submissions, nor on the number of threads.
 */
export interface Device {
  readonly name: DeviceName;
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly memory: DeviceMemory;

  /** A buffer of `length` elements with undefined contents; returns its handle (> 0). */
  allocate(dtype: DType, length: number): number;
  free(handle: number): void;
  /** Copies host data to `offset` (in elements). f32 buffers take Float32Array or Float64Array. */
  write(handle: number, data: HostArray, offset?: number): void;
  /** Copies `length` elements from `offset` out. Asynchronous on every device; f32 comes as Float64Array from `reference`. */
  read(handle: number, offset: number, length: number): Promise<HostArray>;
  /** Runs commands in order; throws a `device` error that names the op and the operand. */
  submit(commands: Int32Array): void;

  /** Maps `length` elements of a file as a read-only buffer, where the device can; otherwise absent. */
  readonly map?: (path: string, byteOffset: number, dtype: DType, length: number) => number;

  /** Measures the ceilings, in about a second and with half a gigabyte; absent on a device that is not for speed. */
  readonly ceilings?: () => DeviceCeilings;

  /** Tells of every submission that ends well, until it is called without a listener; absent where nothing is timed. */
  readonly observe?: (listener?: (times: SubmissionTimes) => void) => void;

  dispose(): void;
}
