import { type Device, type DType, dtypeBytes, type HostArray, type Ref } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { register } from './scope.js';
import { countOf, formatShape, type Shape } from './shape.js';

/** A device buffer with a count of the tensors (and tapes) that use it; freed when the last one lets go. */
export class Storage {
  /** Whether gradients flow to this memory: set on parameters, and on what is computed from them under a tape. */
  requiresGrad = false;
  private users = 0;

  constructor(
    readonly device: Device,
    readonly dtype: DType,
    /** In elements. */
    readonly length: number,
    readonly handle: number,
  ) {}

  retain(): void {
    this.users++;
  }

  release(): void {
    if (--this.users === 0) this.device.free(this.handle);
  }

  get alive(): boolean {
    return this.users > 0;
  }
}

/**
 * A dense row-major array on a device. Made by an op, by `Tensor.from`, or as a view of another tensor; freed at the end
 * of the scope it was made in, or by `dispose` outside scopes. Views share memory and, under a tape, the gradient.
 */
export class Tensor implements Disposable {
  private disposed = false;

  constructor(
    readonly storage: Storage,
    readonly shape: Shape,
    /** First element within the storage. */
    readonly offset = 0,
  ) {
    storage.retain();
    register(this);
  }

  /** An uninitialised tensor. */
  static empty(device: Device, shape: Shape, dtype: DType = 'f32'): Tensor {
    const length = countOf(shape);
    return new Tensor(new Storage(device, dtype, length, device.allocate(dtype, length)), shape);
  }

  /** A tensor with the given host data; the dtype follows from the array unless it is 16-bit floats. */
  static from(device: Device, shape: Shape, data: HostArray | readonly number[], dtype?: DType): Tensor {
    const type = dtype ?? (data instanceof Int32Array ? 'i32' : data instanceof Int8Array ? 'i8' : 'f32');
    if (data.length !== countOf(shape)) {
      throw new JambalayaError('shape', {
        op: 'Tensor.from',
        operand: 'data',
        expected: `${countOf(shape)} values for ${formatShape(shape)}`,
        found: `${data.length}`,
      });
    }
    const tensor = Tensor.empty(device, shape, type);
    tensor.write(ArrayBuffer.isView(data) ? data : type === 'i32' ? Int32Array.from(data) : Float32Array.from(data));
    return tensor;
  }

  get device(): Device {
    return this.storage.device;
  }

  get dtype(): DType {
    return this.storage.dtype;
  }

  get size(): number {
    return countOf(this.shape);
  }

  get bytes(): number {
    return this.size * dtypeBytes[this.dtype];
  }

  get ref(): Ref {
    return { handle: this.storage.handle, offset: this.offset };
  }

  get requiresGrad(): boolean {
    return this.storage.requiresGrad;
  }

  set requiresGrad(value: boolean) {
    if (value && (this.dtype === 'i8' || this.dtype === 'i32')) {
      throw new JambalayaError('usage', { argument: 'requiresGrad', expected: 'a float tensor', found: this.dtype });
    }
    this.storage.requiresGrad = value;
  }

  /** The same elements under another shape; one size may be -1 and is worked out. */
  reshape(shape: Shape): Tensor {
    const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const resolved = shape.map((size) => (size === -1 ? this.size / Math.max(known, 1) : size));
    if (countOf(resolved) !== this.size || shape.filter((size) => size === -1).length > 1) {
      throw new JambalayaError('shape', {
        op: 'reshape',
        operand: 'shape',
        expected: `${this.size} elements`,
        found: formatShape(shape),
      });
    }
    return new Tensor(this.storage, resolved, this.offset);
  }

  /** Entries [start, end) of the first axis, as a view. */
  range(start: number, end: number): Tensor {
    const [first = 0, ...rest] = this.shape;
    if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= first)) {
      throw new JambalayaError('shape', {
        op: 'range',
        operand: 'start, end',
        expected: `a range within 0..${first}`,
        found: `${start}..${end}`,
      });
    }
    return new Tensor(this.storage, [end - start, ...rest], this.offset + start * countOf(rest));
  }

  /** Entry `index` of the first axis, without that axis, as a view. */
  at(index: number): Tensor {
    return this.range(index, index + 1).reshape(this.shape.slice(1));
  }

  write(data: HostArray): void {
    this.device.write(this.storage.handle, data, this.offset);
  }

  /** The elements on the host: Float32Array (Float64Array from `reference`) for f32, bits for bf16 and f16. */
  read(): Promise<HostArray> {
    return this.device.read(this.storage.handle, this.offset, this.size);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.storage.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
