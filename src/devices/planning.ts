import { type Device, type DeviceMemory, type DType, dtypeBytes, type HostArray } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';

/**
 * A device that holds nothing: buffers are only counted, commands are not run. A checkpoint can be checked against its
 * config on it, and a plan's memory be added up, without the memory itself.
 */
export class PlanningDevice implements Device {
  readonly name = 'planning';
  readonly isa = 'none';
  readonly threads = 1;
  private readonly buffers = new Map<number, { bytes: number; mapped: boolean }>();
  private next = 1;
  private bytes = 0;
  private peakBytes = 0;
  private mappedBytes = 0;

  get memory(): DeviceMemory {
    return { bytes: this.bytes, peakBytes: this.peakBytes, mappedBytes: this.mappedBytes };
  }

  allocate(dtype: DType, length: number): number {
    const bytes = dtypeBytes[dtype] * length;
    this.bytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    this.buffers.set(this.next, { bytes, mapped: false });
    return this.next++;
  }

  map(_path: string, _byteOffset: number, dtype: DType, length: number): number {
    const bytes = dtypeBytes[dtype] * length;
    this.mappedBytes += bytes;
    this.buffers.set(this.next, { bytes, mapped: true });
    return this.next++;
  }

  free(handle: number): void {
    const buffer = this.buffers.get(handle);
    if (buffer === undefined) throw new JambalayaError('device', { device: this.name, reason: `no buffer ${handle}` });
    if (buffer.mapped) this.mappedBytes -= buffer.bytes;
    else this.bytes -= buffer.bytes;
    this.buffers.delete(handle);
  }

  write(_handle: number, _data: HostArray): void {}

  async read(): Promise<never> {
    throw new JambalayaError('device', {
      device: this.name,
      reason: 'nothing was computed, so there is nothing to read',
    });
  }

  submit(): void {}

  dispose(): void {
    this.buffers.clear();
  }
}
