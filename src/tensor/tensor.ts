import {
  type Device,
  type DType,
  dtypeBytes,
  type HostArray,
  numberToBf16,
  numberToF16,
  type Ref,
} from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { free, hostWrite, type Memory } from './capture.js';
import { register } from './scope.js';
import { countOf, formatShape, isShape, type Shape, shapeError } from './shape.js';

/** A device buffer with a count of the tensors (and tapes) that use it; freed when the last one lets go. */
export class Storage implements Memory {
  /** Whether gradients flow to this memory: set on parameters, and on what is computed from them under a tape. */
  requiresGrad = false;
  /** The live tape under which it was computed from what needs a gradient. */
  tape: object | undefined;
  /** Counts changes in place, so that a tape notices that what it kept is no longer what it was. */
  version = 0;
  private users = 0;
  private gone = false;

  constructor(
    readonly device: Device,
    readonly dtype: DType,
    /** In elements. */
    readonly length: number,
    readonly handle: number,
  ) {}

  retain(): void {
    if (this.gone) throw disposedError('Tensor');
    this.users++;
  }

  release(): void {
    if (--this.users > 0) return;
    this.gone = true;
    free(this.device, this.handle);
  }

  /** Whether nobody uses this memory any more, so that it is the device's again. */
  get freed(): boolean {
    return this.gone;
  }

  /** Whether more than one tensor uses this memory. */
  get shared(): boolean {
    return this.users > 1;
  }
}

export function disposedError(argument: string): JambalayaError<'usage'> {
  return new JambalayaError(
    'usage',
    { argument, expected: 'a live tensor', found: 'one that was disposed of' },
    { hint: 'return the tensor from the scope that made it, or make it with `unscoped` and dispose of it by hand' },
  );
}

/**
 * A dense row-major array on a device. Made by an op, by `Tensor.from`, or as a view of another tensor; freed at the end
 * of the scope it was made in, or by `dispose` outside scopes. Views share memory and, under a tape, the gradient.
 */
export class Tensor implements Disposable, Ref {
  private gone = false;

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
    if (!isShape(shape)) shapeError('Tensor', 'shape', 'whole sizes of at least 0', formatShape(shape));
    const length = countOf(shape);
    return new Tensor(new Storage(device, dtype, length, device.allocate(dtype, length)), shape);
  }

  /** A tensor over a buffer that exists already, such as a mapped file; it owns the buffer from here on. */
  static adopt(device: Device, handle: number, shape: Shape, dtype: DType): Tensor {
    return new Tensor(new Storage(device, dtype, countOf(shape), handle), shape);
  }

  /**
   * A tensor with the given host data. The dtype follows from a typed array and is f32 for numbers, unless it is given;
   * the bits of 16-bit floats (Uint16Array) need one. Numbers are rounded to the dtype.
   */
  static from(device: Device, shape: Shape, data: HostArray | readonly number[], dtype?: DType): Tensor {
    if (data.length !== countOf(shape)) sizeError('Tensor.from', shape, data.length);
    const type = dtype ?? dtypeOf(data);
    const array = ArrayBuffer.isView(data) ? data : narrowed(data, type);
    expectArray('Tensor.from', array, type);
    const tensor = Tensor.empty(device, shape, type);
    tensor.write(array);
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

  get disposed(): boolean {
    return this.gone;
  }

  /** With `offset`, the place of the elements in a command. */
  get handle(): number {
    return this.storage.handle;
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
    this.expectLive('reshape');
    const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const resolved = shape.map((size) => (size === -1 ? this.size / Math.max(known, 1) : size));
    if (!isShape(resolved) || countOf(resolved) !== this.size || shape.indexOf(-1) !== shape.lastIndexOf(-1)) {
      shapeError('reshape', 'shape', `${this.size} elements`, formatShape(shape));
    }
    return new Tensor(this.storage, resolved, this.offset);
  }

  /** Entries [start, end) of the first axis, as a view. */
  range(start: number, end: number): Tensor {
    this.expectLive('range');
    const [first = 0, ...rest] = this.shape;
    if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= first)) {
      shapeError('range', 'start, end', `a range within 0..${first}`, `${start}..${end}`);
    }
    return new Tensor(this.storage, [end - start, ...rest], this.offset + start * countOf(rest));
  }

  /** Entry `index` of the first axis, without that axis, as a view. */
  at(index: number): Tensor {
    using row = this.range(index, index + 1);
    return row.reshape(this.shape.slice(1));
  }

  /** Overwrites the elements: as many as the tensor has, in its dtype (bf16 and f16 as bits). */
  write(data: HostArray): void {
    this.expectLive('write');
    if (data.length !== this.size) sizeError('write', this.shape, data.length);
    expectArray('write', data, this.dtype);
    hostWrite(this.storage);
    this.storage.version++;
    this.device.write(this.storage.handle, data, this.offset);
  }

  /** The elements on the host: Float32Array (Float64Array from `reference`) for f32, bits for bf16 and f16. */
  async read(): Promise<HostArray> {
    this.expectLive('read');
    return this.device.read(this.storage.handle, this.offset, this.size);
  }

  dispose(): void {
    if (this.gone) return;
    this.gone = true;
    this.storage.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private expectLive(method: string): void {
    if (this.gone) throw disposedError(`Tensor.${method}`);
  }
}

function sizeError(op: string, shape: Shape, found: number): never {
  shapeError(op, 'data', `${countOf(shape)} values for ${formatShape(shape)}`, `${found}`);
}

const arrays: { readonly [D in DType]: readonly (abstract new (...args: never) => HostArray)[] } = {
  f32: [Float32Array, Float64Array],
  bf16: [Uint16Array],
  f16: [Uint16Array],
  i8: [Int8Array],
  i32: [Int32Array],
};

function expectArray(op: string, data: HostArray, dtype: DType): void {
  if (arrays[dtype].some((array) => data instanceof array)) return;
  const expected = arrays[dtype].map((array) => array.name).join(' or ');
  shapeError(op, 'data', `${expected} for ${dtype}`, data.constructor.name);
}

function dtypeOf(data: HostArray | readonly number[]): DType {
  if (data instanceof Uint16Array) shapeError('Tensor.from', 'dtype', 'bf16 or f16 beside a Uint16Array', 'none');
  if (data instanceof Int32Array) return 'i32';
  return data instanceof Int8Array ? 'i8' : 'f32';
}

function narrowed(numbers: readonly number[], dtype: DType): HostArray {
  if (dtype === 'i32') return Int32Array.from(numbers);
  if (dtype === 'i8') return Int8Array.from(numbers);
  if (dtype === 'f32') return Float32Array.from(numbers);
  return Uint16Array.from(numbers, dtype === 'bf16' ? numberToBf16 : numberToF16);
}
