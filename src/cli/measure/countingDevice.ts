/** A device that hands everything on to another one and counts the arithmetic of every command on its way. */
import {
  type Command,
  type Device,
  type DType,
  decodeCommands,
  type HostArray,
  type Ref,
} from '../../contract/index.js';
import { countCommand, noWork, type Work } from './opCounts.js';

/** Work that was submitted, by op, in order of first use. */
export type WorkByOp = ReadonlyMap<Command['name'], Work>;

/**
 * Knows ops and their sizes, and nothing of models or of the planner's formulas. Offsets and positions decide how many
 * pairs attention has, so whole numbers that the host writes are remembered; those that the device makes are not needed. It maps
 * no files.
 */
export class CountingDevice implements Device {
  private readonly whole = new Map<number, Int32Array>();
  private counts: Map<Command['name'], Work> | undefined;
  private peakBytes = 0;

  constructor(private readonly inner: Device) {}

  get name() {
    return this.inner.name;
  }

  get isa() {
    return this.inner.isa;
  }

  get threads() {
    return this.inner.threads;
  }

  get memory() {
    return this.inner.memory;
  }

  /** Runs `body` and tells what it submitted, and the most bytes that were allocated meanwhile. */
  async counting(body: () => Promise<void>): Promise<{ work: WorkByOp; peakBytes: number }> {
    const work = new Map<Command['name'], Work>();
    this.counts = work;
    this.peakBytes = this.inner.memory.bytes;
    try {
      await body();
      return { work, peakBytes: this.peakBytes };
    } finally {
      this.counts = undefined;
    }
  }

  allocate(dtype: DType, length: number): number {
    const handle = this.inner.allocate(dtype, length);
    if (this.counts !== undefined) this.peakBytes = Math.max(this.peakBytes, this.inner.memory.bytes);
    if (dtype === 'i32') this.whole.set(handle, new Int32Array(length));
    return handle;
  }

  free(handle: number): void {
    this.inner.free(handle);
    this.whole.delete(handle);
  }

  write(handle: number, data: HostArray, offset = 0): void {
    this.inner.write(handle, data, offset);
    if (data instanceof Int32Array) this.whole.get(handle)?.set(data, offset);
  }

  read(handle: number, offset: number, length: number): Promise<HostArray> {
    return this.inner.read(handle, offset, length);
  }

  submit(commands: Int32Array): void {
    this.inner.submit(commands);
    if (this.counts === undefined) return;
    const numbers = ({ handle, offset }: Ref, count: number) =>
      this.whole.get(handle)!.subarray(offset, offset + count);
    for (const command of decodeCommands(commands)) {
      const work = countCommand(command, numbers);
      const before = this.counts.get(command.name) ?? noWork;
      this.counts.set(command.name, {
        flops: before.flops + work.flops,
        recomputedFlops: before.recomputedFlops + work.recomputedFlops,
        calls: before.calls + work.calls,
      });
    }
  }

  dispose(): void {
    this.inner.dispose();
    this.whole.clear();
  }
}
