/**
 * Gradient checks: a function of tensors, its gradient from the tape, and the same from central differences.
 *
 * A case is data and a function. Its loss is the sum of its results, each weighted by fixed random numbers, so that no two
 * entries of a gradient are alike. Values are float32 numbers: every device starts from the same ones.
 */
import type { Device, DType, HostArray } from '../../src/contract/index.js';
import { add, countOf, mul, type Shape, scope, sumAll, Tape, Tensor, unscoped } from '../../src/tensor/index.js';
import { random } from '../parity/harness.js';

/** An input of a case: its values are drawn from the case's seed, or given. */
export interface Leaf {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly differentiated: boolean;
  readonly values: ArrayLike<number> | ((draw: ReturnType<typeof random>) => number);
}

/** Normal numbers times `deviation`, plus `mean`. */
export const normal = (shape: Shape, deviation = 1, mean = 0): Leaf => ({
  shape,
  dtype: 'f32',
  differentiated: true,
  values: (draw) => mean + deviation * draw.normal(),
});

/** Numbers between two bounds. */
export const between = (low: number, high: number, shape: Shape): Leaf => ({
  shape,
  dtype: 'f32',
  differentiated: true,
  values: (draw) => low + (high - low) * draw.uniform(),
});

/** The same input, but nobody asks for its gradient. */
export const frozen = (leaf: Leaf): Leaf => ({ ...leaf, differentiated: false });

export const integers = (values: readonly number[], shape: Shape = [values.length]): Leaf => ({
  shape,
  dtype: 'i32',
  differentiated: false,
  values,
});

/** int8 rows. */
export const int8 = (shape: Shape): Leaf => ({
  shape,
  dtype: 'i8',
  differentiated: false,
  values: (draw) => draw.integer(255) - 127,
});

/** bf16 numbers, given by their bits: ±2^e (1 + f/128) with e from -3 to 0. */
export const bf16 = (shape: Shape): Leaf => ({
  shape,
  dtype: 'bf16',
  differentiated: false,
  values: (draw) => (draw.integer(2) << 15) | ((124 + draw.integer(4)) << 7) | draw.integer(128),
});

export interface GradientCase {
  readonly title: string;
  readonly inputs: Readonly<Record<string, Leaf>>;
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
}

export function gradientCase<const I extends Readonly<Record<string, Leaf>>>(
  title: string,
  inputs: I,
  run: (inputs: { readonly [P in keyof I]: Tensor }) => Tensor | readonly Tensor[],
): GradientCase {
  return { title, inputs, run: run as GradientCase['run'] };
}

/** A seed from words (FNV-1a), so that no case depends on those before it. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function draws(seed: string, count: number, next: (draw: ReturnType<typeof random>) => number): Float64Array {
  const draw = random(seedOf(seed));
  return Float64Array.from({ length: count }, () => Math.fround(next(draw)));
}

export type Values = ReadonlyMap<string, Float64Array>;

export function valuesOf({ title, inputs }: GradientCase): Values {
  return new Map(
    Object.entries(inputs).map(([name, { shape, values }]) => {
      if (typeof values === 'function') return [name, draws(`${title}/${name}`, countOf(shape), values)];
      return [name, Float64Array.from(values)];
    }),
  );
}

export const differentiatedInputs = ({ inputs }: GradientCase): string[] =>
  Object.keys(inputs).filter((name) => inputs[name]!.differentiated);

function hostData(dtype: DType, values: Float64Array): HostArray {
  if (dtype === 'f32') return values;
  if (dtype === 'i32') return Int32Array.from(values);
  return dtype === 'i8' ? Int8Array.from(values) : Uint16Array.from(values);
}

function place(device: Device, { inputs }: GradientCase, values: Values): Record<string, Tensor> {
  return unscoped(() =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, dtype }]) => {
        return [name, Tensor.from(device, shape, hostData(dtype, values.get(name)!), dtype)];
      }),
    ),
  );
}

function disposeAll(tensors: Readonly<Record<string, Tensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function lossOf({ title, run }: GradientCase, tensors: Readonly<Record<string, Tensor>>): Tensor {
  return scope(() => {
    const results = run(tensors);
    const terms = (results instanceof Tensor ? [results] : results).map((result, i) => {
      const weights = draws(`${title}/result ${i}`, result.size, (draw) => draw.normal());
      return sumAll(mul(result, Tensor.from(result.device, result.shape, weights)));
    });
    return terms.reduce((sum, term) => add(sum, term));
  });
}

/** The case's loss at the given values, computed without a tape. */
export async function lossAt(device: Device, test: GradientCase, values: Values): Promise<number> {
  const tensors = place(device, test, values);
  using loss = lossOf(test, tensors);
  const read = await loss.read();
  disposeAll(tensors);
  return read[0]!;
}

/** The tape's gradients of the case's loss for the inputs named. */
export async function taped(
  device: Device,
  test: GradientCase,
  wanted: readonly string[] = differentiatedInputs(test),
): Promise<Map<string, HostArray>> {
  const tensors = place(device, test, valuesOf(test));
  for (const name of wanted) tensors[name]!.requiresGrad = true;
  const parameters = wanted.map((name) => tensors[name]!);
  using tape = new Tape();
  const gradients = scope(() =>
    tape.gradients(
      tape.run(() => lossOf(test, tensors)),
      parameters,
    ),
  );
  const result = new Map<string, HostArray>();
  for (const [i, gradient] of gradients.entries()) {
    result.set(wanted[i]!, await gradient.read());
    gradient.dispose();
  }
  disposeAll(tensors);
  return result;
}

/** Half the distance of a central difference: its error is about 1e-10 by the third derivative and 1e-11 by rounding. */
const step = 1e-5;
/** The two errors, a thousand times over; a wrong term of a gradient is of the gradient's own size. */
export const differenceTolerance = 1e-7;

/** The derivative of the loss when one input moves in a random direction: from the tape, and from differences. */
export async function directional(
  device: Device,
  test: GradientCase,
  name: string,
  gradient: HostArray,
): Promise<{ taped: number; measured: number; scale: number }> {
  const values = valuesOf(test);
  const at = values.get(name)!;
  const direction = draws(`${test.title}/${name}/direction`, at.length, (draw) => draw.normal());
  const moved = (by: number) => new Map([...values, [name, at.map((value, i) => value + by * direction[i]!)]]);
  const after = await lossAt(device, test, moved(step));
  const before = await lossAt(device, test, moved(-step));
  let sum = 0;
  let scale = 1;
  for (let i = 0; i < at.length; i++) {
    sum += gradient[i]! * direction[i]!;
    scale += Math.abs(gradient[i]! * direction[i]!);
  }
  return { taped: sum, measured: (after - before) / (2 * step), scale };
}
