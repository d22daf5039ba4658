/** Runs one op of the table on a device and compares it with the reference. */
import {
  type Device,
  type DType,
  dtypes,
  encodeCommand,
  type HostArray,
  type OpArguments,
  type OpName,
  type OpSchema,
  ops,
  type Ref,
} from '../../src/contract/index.js';

/** Host values of one operand; bf16 and f16 as their bits. */
export interface Operand {
  readonly dtype: DType;
  readonly data: HostArray;
}

/**
 * One call of an op. `inputs` has `in` and `inout` operands (lists as arrays), `outputs` the lengths of those that the op
 * makes, `numbers` all of its ints and floats. Absent optional operands are left out.
 */
export interface ParityCase {
  readonly title: string;
  readonly inputs: Readonly<Record<string, Operand | readonly Operand[]>>;
  readonly outputs: Readonly<
    Record<string, { dtype: DType; length: number } | readonly { dtype: DType; length: number }[]>
  >;
  readonly numbers: Readonly<Record<string, number>>;
  /** Largest |device − reference| relative to the largest |reference| of the output (and to 1); 0 asks for equality. */
  readonly tolerance?: number;
  /** Outputs that only hold work space and are not compared. */
  readonly ignored?: readonly string[];
}

/** Elements around every operand that no kernel may read into a result or write: NaN for floats, a rare value else. */
const guard = 5;

function sentinel(dtype: DType): number {
  if (dtype === 'f32') return Number.NaN;
  if (dtype === 'i8') return -128;
  if (dtype === 'i32') return 0x7abcdef0;
  return dtype === 'bf16' ? 0x7fc0 : 0x7e00; // the NaN that survives the reference's float64
}

function emptyLike(dtype: DType, length: number): HostArray {
  if (dtype === 'f32') return new Float32Array(length);
  if (dtype === 'i32') return new Int32Array(length);
  return dtype === 'i8' ? new Int8Array(length) : new Uint16Array(length);
}

function place(device: Device, dtype: DType, length: number, data?: HostArray): Ref {
  const padded = emptyLike(dtype, length + 2 * guard).fill(sentinel(dtype));
  if (data !== undefined) padded.set(data, guard);
  const handle = device.allocate(dtype, padded.length);
  device.write(handle, padded);
  return { handle, offset: guard };
}

/** Runs the case and returns every output and in-place operand by name (`name[i]` in lists). */
export async function runCase<N extends OpName>(
  device: Device,
  op: N,
  test: ParityCase,
): Promise<Map<string, HostArray>> {
  const schema: OpSchema = ops[op];
  const args: Record<string, unknown> = { ...test.numbers };
  const written: { name: string; ref: Ref; dtype: DType; length: number }[] = [];
  const handles: number[] = [];
  for (const [name, value] of Object.entries(test.inputs)) {
    const list = Array.isArray(value) ? (value as readonly Operand[]) : [value as Operand];
    const refs = list.map((operand) => place(device, operand.dtype, operand.data.length, operand.data));
    args[name] = Array.isArray(value) ? refs : refs[0];
    refs.forEach((ref, i) => {
      handles.push(ref.handle);
      if (schema.tensors[name]?.startsWith('inout')) {
        written.push({ name, ref, dtype: list[i]!.dtype, length: list[i]!.data.length });
      }
    });
  }
  for (const [name, value] of Object.entries(test.outputs)) {
    const list = Array.isArray(value) ? value : [value];
    const refs = list.map(({ dtype, length }) => place(device, dtype, length));
    args[name] = Array.isArray(value) ? refs : refs[0];
    refs.forEach((ref, i) => {
      handles.push(ref.handle);
      written.push({ name: Array.isArray(value) ? `${name}[${i}]` : name, ref, ...list[i]! });
    });
  }
  device.submit(encodeCommand(op, args as unknown as OpArguments<N>));
  const results = new Map<string, HostArray>();
  for (const { name, ref, dtype, length } of written) {
    const padded = await device.read(ref.handle, 0, length + 2 * guard);
    for (let i = 0; i < guard; i++) {
      for (const at of [i, guard + length + i]) {
        if (!Object.is(padded[at], emptyLike(dtype, 1).fill(sentinel(dtype))[0])) {
          throw new Error(
            `${op} ${test.title}: ${name} was written outside its bounds (element ${at - guard} of ${length})`,
          );
        }
      }
    }
    results.set(name, padded.slice(guard, guard + length));
  }
  for (const handle of handles) device.free(handle);
  return results;
}

/** The largest difference, relative to the largest magnitude of `expected` and to 1. Infinite for NaN against a number. */
export function difference(actual: HostArray, expected: HostArray): number {
  let largest = 1;
  let worst = 0;
  for (const value of expected) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === expected[i]) continue;
    const distance = Math.abs(actual[i]! - expected[i]!) / largest;
    worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(worst, distance);
  }
  return worst;
}

/** Seeded random numbers (mulberry32), so that a failing case can be run again. */
export function random(seed: number): { uniform(): number; normal(): number; integer(below: number): number } {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
  };
}

/** Normal f32 values. */
export function floats(count: number, seed: number, scale = 1): Operand {
  const { normal } = random(seed);
  return { dtype: 'f32', data: Float32Array.from({ length: count }, () => normal() * scale) };
}

/** f32 values between two bounds, close to the lower one more often. */
export function between(low: number, high: number, count: number, seed: number): Operand {
  const { uniform } = random(seed);
  return { dtype: 'f32', data: Float32Array.from({ length: count }, () => low * (high / low) ** uniform()) };
}

export function integers(values: readonly number[]): Operand {
  return { dtype: 'i32', data: Int32Array.from(values) };
}

/** Sizes that every kernel must take: empty, one, around the vector widths, and large odd ones. */
export const paritySizes = [0, 1, 7, 63, 64, 65, 257, 1000] as const;

/** How far a device may be from the reference, by the coarsest dtype that an op reads. */
export const tolerances: Readonly<Record<DType, number>> = { f32: 1e-5, bf16: 1e-5, f16: 1e-5, i8: 1e-5, i32: 0 };
export const allDTypes = dtypes;
