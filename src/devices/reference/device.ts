/**
 * The reference device: plain TypeScript in float64, slow and obviously right. It is the specification that every other
 * device is held to, and where gradients are checked.
 */
import {
  bf16ToNumber,
  type Command,
  type Device,
  type DeviceMemory,
  type DType,
  decodeCommands,
  f16ToNumber,
  type HostArray,
  numberToBf16,
  numberToF16,
  type OpName,
  type OpSchema,
  ops,
  type Ref,
} from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import { kernels } from './kernels.js';
import type { KernelArguments, Values } from './operands.js';

interface ReferenceBuffer {
  readonly dtype: DType;
  /** Float types are held as the float64 of their exact value. */
  readonly values: Values;
}

function storage(dtype: DType, length: number): Values {
  if (dtype === 'i32') return new Int32Array(length);
  if (dtype === 'i8') return new Int8Array(length);
  return new Float64Array(length);
}

type Operands = Readonly<Record<string, unknown>>;

export class ReferenceDevice implements Device {
  readonly name = 'reference';
  readonly isa = 'float64';
  readonly threads = 1;
  private readonly buffers = new Map<number, ReferenceBuffer>();
  private nextHandle = 1;
  private bytes = 0;
  private peakBytes = 0;

  get memory(): DeviceMemory {
    const { bytes, peakBytes } = this;
    return { bytes, peakBytes, mappedBytes: 0, heldBytes: bytes, peakHeldBytes: peakBytes };
  }

  allocate(dtype: DType, length: number): number {
    const values = storage(dtype, length);
    this.buffers.set(this.nextHandle, { dtype, values });
    this.bytes += values.byteLength;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    return this.nextHandle++;
  }

  free(handle: number): void {
    this.bytes -= this.find(handle).values.byteLength;
    this.buffers.delete(handle);
  }

  write(handle: number, data: HostArray, offset = 0): void {
    const { dtype, values } = this.find(handle);
    if (offset < 0 || offset + data.length > values.length) this.refuse('write: outside the buffer');
    if (data instanceof Uint16Array) {
      if (dtype !== 'bf16' && dtype !== 'f16') this.refuse(`write: 16-bit patterns into ${dtype}`);
      const widen = dtype === 'bf16' ? bf16ToNumber : f16ToNumber;
      for (let i = 0; i < data.length; i++) values[offset + i] = widen(data[i]!);
    } else {
      values.set(data, offset);
    }
  }

  async read(handle: number, offset: number, length: number): Promise<HostArray> {
    const { dtype, values } = this.find(handle);
    if (offset < 0 || offset + length > values.length) this.refuse('read: outside the buffer');
    const part = values.slice(offset, offset + length);
    if (dtype !== 'bf16' && dtype !== 'f16') return part;
    return Uint16Array.from(part as Float64Array, dtype === 'bf16' ? numberToBf16 : numberToF16);
  }

  submit(words: Int32Array): void {
    for (const command of decodeCommands(words)) this.run(command);
  }

  dispose(): void {
    this.buffers.clear();
    this.bytes = 0;
  }

  private run(command: Command): void {
    const schema: OpSchema = ops[command.name];
    const args: Record<string, unknown> = { ...command.args };
    const resolve = (ref: Ref | undefined) => {
      if (ref === undefined) return undefined;
      const { values } = this.find(ref.handle);
      if (ref.offset < 0 || ref.offset > values.length)
        this.refuse(`${command.name}: an operand is outside its buffer`);
      return values.subarray(ref.offset);
    };
    for (const operand of Object.keys(schema.tensors)) args[operand] = resolve(args[operand] as Ref | undefined);
    for (const list of Object.keys(schema.lists)) args[list] = (args[list] as Ref[] | undefined)?.map(resolve);
    const kernel = kernels[command.name] as (args: KernelArguments<OpName>) => void;
    kernel(args as KernelArguments<OpName>);
    for (const [operand, direction] of Object.entries(schema.tensors)) {
      if (!direction.startsWith('in') || direction.startsWith('inout'))
        this.round(command.args as Operands, operand, args);
    }
  }

  /** What a kernel wrote to a buffer of 16-bit floats is what such a float can hold. */
  private round(refs: Operands, operand: string, args: Readonly<Record<string, unknown>>): void {
    const ref = refs[operand];
    if (ref === undefined) return;
    const { dtype } = this.find((ref as Ref).handle);
    if (dtype !== 'bf16' && dtype !== 'f16') return;
    const values = args[operand] as Values;
    for (let i = 0; i < values.length; i++) {
      values[i] = dtype === 'bf16' ? bf16ToNumber(numberToBf16(values[i]!)) : f16ToNumber(numberToF16(values[i]!));
    }
  }

  private find(handle: number): ReferenceBuffer {
    return this.buffers.get(handle) ?? this.refuse(`no buffer ${handle}`);
  }

  private refuse(reason: string): never {
    throw new JambalayaError('device', { device: this.name, reason });
  }
}
