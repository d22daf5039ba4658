import {
  type Device,
  type DeviceMemory,
  type DType,
  dtypeCodes,
  type HostArray,
  type InstructionSet,
} from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { submissionError } from '../failure.js';
import { hostArray } from '../hostArray.js';
import type { Addon, Engine } from './addon.js';

/** The C++ kernels through Node-API: files are mapped and used where they lie, work is spread over one thread pool. */
export class NativeDevice implements Device {
  readonly name = 'native';
  private readonly engine: Engine;
  private readonly failure = new Int32Array(4);
  private readonly dtypes = new Map<number, DType>();

  constructor(
    private readonly addon: Addon,
    readonly isa: InstructionSet,
    readonly threads: number,
  ) {
    this.engine = this.guard(() => addon.open(isa, threads));
  }

  get memory(): DeviceMemory {
    const [bytes, peakBytes, mappedBytes] = this.addon.memory(this.engine);
    return { bytes, peakBytes, mappedBytes };
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
    const status = this.guard(() => this.addon.submit(this.engine, words, this.failure));
    if (status !== 0) throw submissionError(this.name, this.failure);
  }

  dispose(): void {
    this.addon.close(this.engine);
    this.dtypes.clear();
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
