/** What an op does on the side has the bits of the op that does it alone, on every instruction set. */
import { describe, expect, it } from 'vitest';
import type { Device, DeviceName, InstructionSet } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import { conv1d, mul, quantizeGroups, scope, selectiveScan, silu, softplus, Tensor } from '../../src/tensor/index.js';
import { floats, integers } from './harness.js';

const devices: [DeviceName, InstructionSet | undefined][] = [
  ...nativeInstructionSets().map((isa): [DeviceName, InstructionSet] => ['native', isa]),
  ['wasm', undefined],
];
const rows = 5;
const channels = 261;
const stateSize = 3;

async function compare(device: Device): Promise<void> {
  const given = (seed: number, scale: number, ...shape: number[]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return Tensor.from(device, shape, floats(count, seed, scale).data);
  };
  using offsets = Tensor.from(device, [3], integers([0, 2, rows]).data);
  using x = given(1, 4, rows, channels);
  using gate = given(2, 20, rows, channels);
  const bits = async (tensors: readonly Tensor[]) => {
    const values = await Promise.all(tensors.map((tensor) => tensor.read()));
    for (const tensor of tensors) tensor.dispose();
    return values;
  };
  using product = scope(() => mul(silu(gate), x));
  for (const group of [4, 8, 16, 32]) {
    const apart = quantizeGroups(product, group);
    const together = quantizeGroups(x, group, gate);
    const outputs = ({ values, scale, sums }: typeof apart) => bits([values, scale, sums]);
    expect(await outputs(together)).toEqual(await outputs(apart));
  }

  using weight = given(3, 1, channels, 4);
  using bias = given(4, 1, channels);
  const apart = scope(() => silu(conv1d(x, weight, bias, { offsets }).out));
  const together = conv1d(x, weight, bias, { offsets }, 'silu').out;
  expect(await bits([together])).toEqual(await bits([apart]));

  using a = given(5, 1, channels, stateSize);
  using b = given(6, 1, rows, stateSize);
  using c = given(7, 1, rows, stateSize);
  using d = given(8, 1, channels);
  using steps = softplus(x);
  const scan = (delta: Tensor, smoothed?: 'softplus') =>
    bits([selectiveScan(gate, delta, a, b, c, d, { offsets }, smoothed).out]);
  expect(await scan(x, 'softplus')).toEqual(await scan(steps));
}

describe.each(devices)('%s %s', (name, isa) => {
  it('quantizes x · silu(gate), convolves with silu, and scans with softplus', async () => {
    const device = await openDevice({ name, isa, threads: 1 });
    await compare(device);
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });
});
