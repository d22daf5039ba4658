import { type Device, type DeviceMemory, type DType, dtypeBytes, type HostArray } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';

/** Blocks and their reuse as the native device has them (`Engine` in kernels/native/addon.cpp). */
const blockBytes = 64;
const mostSpareBytes = 256 * 2 ** 20;

/**
 * A device that holds nothing: buffers are only counted, commands are not run. A checkpoint can be checked against its
 * config on it, and the memory of a plan be added up, without the memory itself.
 */
export class PlanningDevice implements Device {
  readonly name = 'planning';
  readonly isa = 'none';
  readonly threads = 1;
  /** Absent where it stands in for a device that cannot map files. */
  readonly map?: (path: string, byteOffset: number, dtype: DType, length: number) => number;
  /** `block` is 0 in a mapped file. */
  private readonly buffers = new Map<number, { bytes: number; block: number }>();
  /** Freed blocks by size, kept for the next buffer of that size. */
  private readonly spare = new Map<number, number>();
  private spareBytes = 0;
  private next = 1;
  private bytes = 0;
  private peakBytes = 0;
  private mappedBytes = 0;
  private heldBytes = 0;
  private peakHeldBytes = 0;
  private marked: {
    readonly spare: ReadonlyMap<number, number>;
    readonly spareBytes: number;
    readonly heldBytes: number;
  } = {
    spare: new Map(),
    spareBytes: 0,
    heldBytes: 0,
  };

  constructor({ maps = true }: { readonly maps?: boolean } = {}) {
    if (maps) this.map = (_path, _byteOffset, dtype, length) => this.countMapped(dtype, length);
  }

  get memory(): DeviceMemory {
    const { bytes, peakBytes, mappedBytes, heldBytes, peakHeldBytes } = this;
    return { bytes, peakBytes, mappedBytes, heldBytes, peakHeldBytes };
  }

  /** What is held now, spare blocks included, is what every plan begins with; see `restart`. */
  mark(): void {
    this.marked = { spare: new Map(this.spare), spareBytes: this.spareBytes, heldBytes: this.heldBytes };
  }

  /** Back to the mark, with the same buffers as there: spare blocks as they were, peaks counted anew. */
  restart(): void {
    const { spare, spareBytes, heldBytes } = this.marked;
    this.spare.clear();
    for (const [block, count] of spare) this.spare.set(block, count);
    this.spareBytes = spareBytes;
    this.heldBytes = heldBytes;
    this.peakBytes = this.bytes;
    this.peakHeldBytes = heldBytes;
  }

  allocate(dtype: DType, length: number): number {
    const bytes = dtypeBytes[dtype] * length;
    const block = this.takeBlock(wholeBlocks(bytes));
    this.bytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    this.buffers.set(this.next, { bytes, block });
    return this.next++;
  }

  free(handle: number): void {
    const buffer = this.buffers.get(handle);
    if (buffer === undefined) throw new JambalayaError('device', { device: this.name, reason: `no buffer ${handle}` });
    this.buffers.delete(handle);
    const { bytes, block } = buffer;
    if (block === 0) {
      this.mappedBytes -= bytes;
      return;
    }
    this.bytes -= bytes;
    if (this.spareBytes + block > mostSpareBytes) {
      this.heldBytes -= block;
      return;
    }
    this.spare.set(block, (this.spare.get(block) ?? 0) + 1);
    this.spareBytes += block;
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

  /** The smallest spare block of `size` to twice as much, or a new one; its size. */
  private takeBlock(size: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const [block, count] of this.spare) {
      if (count > 0 && block >= size && block <= 2 * size && block < best) best = block;
    }
    if (best < Number.POSITIVE_INFINITY) {
      this.spare.set(best, this.spare.get(best)! - 1);
      this.spareBytes -= best;
      return best;
    }
    this.heldBytes += size;
    this.peakHeldBytes = Math.max(this.peakHeldBytes, this.heldBytes);
    return size;
  }

  private countMapped(dtype: DType, length: number): number {
    const bytes = dtypeBytes[dtype] * length;
    this.mappedBytes += bytes;
    this.buffers.set(this.next, { bytes, block: 0 });
    return this.next++;
  }
}

const wholeBlocks = (bytes: number) => Math.ceil(Math.max(bytes, 1) / blockBytes) * blockBytes;
