import {
  countCommands,
  type Device,
  type DeviceCeilings,
  type DeviceMemory,
  type DType,
  dtypeCodes,
  type HostArray,
  type InstructionSet,
  type SubmissionTimes,
} from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { submissionError } from '../failure.js';
import { hostArray } from '../hostArray.js';
import type { Addon, Engine } from './addon.js';

/** Far more than any cache holds. */
const ceilingBytes = 512 * 2 ** 20;

/** The C++ kernels through Node-API: files are mapped and used where they lie, work is spread over one thread pool. */
export class NativeDevice implements Device {
  readonly name = 'native';
  private readonly engine: Engine;
  private readonly failure = new Int32Array(4);
  private readonly dtypes = new Map<number, DType>();
  private listener: ((times: SubmissionTimes) => void) | undefined;

  constructor(
    private readonly addon: Addon,
    readonly isa: InstructionSet,
    readonly threads: number,
    keepMemory = false,
  ) {
    this.engine = this.guard(() => addon.open(isa, threads, keepMemory ? 1 : 0));
  }

  get memory(): DeviceMemory {
    const [bytes, peakBytes, mappedBytes, heldBytes, peakHeldBytes] = this.addon.memory(this.engine);
    return { bytes, peakBytes, mappedBytes, heldBytes, peakHeldBytes };
  }

  allocate(dtype: DType, length: number): number {
    return this.placed(
      dtype,
      this.guard(() => this.addon.allocate(this.engine, dtypeCodes[dtype], length)),
    );
  }

  map(path: string, byteOffset: number, dtype: DType, length: number): number {
    return this.placed(
      dtype,
      this.guard(() => this.addon.map(this.engine, path, byteOffset, dtypeCodes[dtype], length)),
    );
  }

  free(handle: number): void {
    this.guard(() => this.addon.free(this.engine, handle));
    this.dtypes.delete(handle);
  }

  write(handle: number, data: HostArray, offset = 0): void {
    const narrowed = data instanceof Float64Array ? Float32Array.from(data) : data;
    this.guard(() => this.addon.write(this.engine, handle, offset, narrowed));
  }

  async read(handle: number, offset: number, length: number): Promise<HostArray> {
    const data = hostArray(this.dtypes.get(handle) ?? 'f32', length);
    this.guard(() => this.addon.read(this.engine, handle, offset, data));
    return data;
  }

  submit(words: Int32Array): void {
    if (this.listener !== undefined) {
      this.submitTimed(words, this.listener);
      return;
    }
    const status = this.guard(() => this.addon.submit(this.engine, words, this.failure));
    if (status !== 0) throw submissionError(this.name, this.failure);
  }

  ceilings(): DeviceCeilings {
    const [read, int8, bf16, f32] = this.guard(() => this.addon.ceilings(this.engine, ceilingBytes));
    return {
      readGigabytesPerSecond: read / 1e9,
      int8GigaOpsPerSecond: int8 / 1e9,
      bf16GigaFlopsPerSecond: bf16 / 1e9,
      f32GigaFlopsPerSecond: f32 / 1e9,
    };
  }

  observe(listener?: (times: SubmissionTimes) => void): void {
    this.listener = listener;
  }

  dispose(): void {
    this.addon.close(this.engine);
    this.dtypes.clear();
  }

  private submitTimed(words: Int32Array, listener: (times: SubmissionTimes) => void): void {
    const nanoseconds = new Float64Array(2 * countCommands(words));
    const startMilliseconds = performance.now();
    const status = this.guard(() => this.addon.submitTimed(this.engine, words, this.failure, nanoseconds));
    if (status !== 0) throw submissionError(this.name, this.failure);
    listener({ words, startMilliseconds, nanoseconds, dtypeOf: (handle) => this.dtypes.get(handle) });
  }

  private placed(dtype: DType, handle: number): number {
    this.dtypes.set(handle, dtype);
    return handle;
  }

  private guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new JambalayaError('device', { device: this.name, reason: (error as Error).message }, { cause: error });
    }
  }
}
