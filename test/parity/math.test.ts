/**
 * The elementary functions of `kernels/simd/math.h` against float64, over every exponent, both signs, subnormals and the
 * extremes. The bounds are those that the header states.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device, OpName } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { runCase } from './harness.js';

type Unary = Extract<OpName, 'exp' | 'log' | 'sigmoid' | 'softplus' | 'silu' | 'tanh' | 'gelu'>;

/** Largest error: `ulps` units in the last place of the exact value, and `quanta` of 2^-149 (the smallest subnormal). */
const bounds: Readonly<Record<Unary, { ulps: number; quanta: number }>> = {
  exp: { ulps: 1.25, quanta: 1 },
  log: { ulps: 1, quanta: 0 },
  sigmoid: { ulps: 2.5, quanta: 1 },
  softplus: { ulps: 3, quanta: 1 },
  silu: { ulps: 3.5, quanta: 52 },
  tanh: { ulps: 1.5, quanta: 0 },
  gelu: { ulps: 6, quanta: 16 },
};

const exact: Readonly<Record<Exclude<Unary, 'gelu'>, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/** Every 9,973rd bit pattern of a float32 (a prime: all exponents, ever other fractions), and the values where cases meet. */
function sweep(): Float32Array {
  const patterns = Uint32Array.from({ length: Math.floor(2 ** 32 / 9973) }, (_, i) => i * 9973);
  const edges = [
    0,
    -0,
    1,
    -1,
    20,
    20.000002,
    19.999998,
    -20,
    0.625,
    -0.625,
    0.62499994,
    88.72283,
    88.72284,
    -87.33654,
    -103.97207,
    -103.9721,
    104,
    -104,
    1e-45,
    -1e-45,
    2 ** -126,
    3.4028235e38,
    -3.4028235e38,
    Math.SQRT1_2,
    Math.SQRT2,
    0.99999994,
    1.0000001,
    15,
    16,
    -13.5,
    -14.4,
    -16,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ];
  return Float32Array.from([...edges, ...new Float32Array(patterns.buffer)]);
}

/** The distance between neighbouring float32 values at `value`, 2^-149 among the subnormals. */
function ulp(value: number): number {
  return 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(value)))) - 23);
}

const x = sweep();
const names = Object.keys(bounds) as Unary[];
const expected = new Map<Unary, ArrayLike<number>>();

const apply = async (device: Device, name: Unary) =>
  (
    await runCase(device, name, {
      title: 'sweep',
      inputs: { x: { dtype: 'f32', data: x } },
      outputs: { out: { dtype: 'f32', length: x.length } },
      numbers: { count: x.length },
    })
  ).get('out')!;

beforeAll(async () => {
  for (const name of names) {
    expected.set(name, name === 'gelu' ? await apply(new ReferenceDevice(), name) : Float64Array.from(x, exact[name]));
  }
});

describe.each(nativeInstructionSets())('native %s', (isa) => {
  let device: Device | undefined;
  afterAll(() => device?.dispose());
  it.each(names)('%s', async (name) => {
    device ??= await openDevice({ name: 'native', isa, threads: 2 });
    expect(device.isa).toBe(isa);
    const actual = await apply(device, name);
    const { ulps, quanta } = bounds[name];
    const misses: string[] = [];
    for (let i = 0; i < x.length; i++) {
      const wanted = expected.get(name)![i]!;
      if (Object.is(actual[i], Math.fround(wanted))) continue;
      const error = Math.abs(actual[i]! - wanted);
      if (error <= ulps * ulp(wanted) + quanta * 2 ** -149) continue;
      misses.push(`${name}(${x[i]}) = ${actual[i]}, not ${wanted}: ${error / ulp(wanted)} ulps`);
    }
    expect(misses.slice(0, 10)).toEqual([]);
  });
});
