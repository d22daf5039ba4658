/**
 * Gradients of attention where they are small beside the products that they are differences of: rows that see one key or two, and
 * keys whose values hardly differ. Each device against the reference, relative to the largest entry.
 */
import { afterAll, expect, it } from 'vitest';
import type { Device, HostArray } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import { attention, mul, scope, sumAll, Tape, Tensor } from '../../src/tensor/index.js';
import { random } from './harness.js';

interface Problem {
  readonly lengths: readonly number[];
  readonly causal: boolean;
  /** How far the values of a head are apart, beside 1 that they have in common. */
  readonly spread: number;
}

const [heads, kvHeads, headSize] = [4, 2, 40];

async function gradients(device: Device, { lengths, causal, spread }: Problem): Promise<HostArray[]> {
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const { normal } = random(rows + headSize);
  const numbers = (count: number, value: () => number) => Float32Array.from({ length: count }, value);
  const size = (count: number) => rows * count * headSize;
  const common = numbers(kvHeads * headSize, normal);
  const data = {
    q: numbers(size(heads), normal),
    k: numbers(size(kvHeads), normal),
    v: numbers(size(kvHeads), () => spread * normal()).map((value, i) => value + common[i % common.length]!),
    weights: numbers(size(heads), normal),
  };
  const made = scope(() => {
    const tensor = (name: keyof typeof data, count: number) =>
      Tensor.from(device, [rows, count, headSize], Float32Array.from(data[name]));
    const inputs = [tensor('q', heads), tensor('k', kvHeads), tensor('v', kvHeads)] as const;
    for (const input of inputs) input.requiresGrad = true;
    const ends = [0];
    for (const length of lengths) ends.push(ends[ends.length - 1]! + length);
    const offsets = Tensor.from(device, [ends.length], Int32Array.from(ends));
    using tape = new Tape();
    const loss = tape.run(() => sumAll(mul(attention(...inputs, { offsets, causal }), tensor('weights', heads))));
    return tape.gradients(loss, inputs);
  });
  return Promise.all(made.map((tensor) => tensor.read()));
}

const opened: Device[] = [];
const openedBy = async (options: Parameters<typeof openDevice>[0]) => {
  const device = await openDevice(options);
  opened.push(device);
  return device;
};
afterAll(() => {
  for (const device of opened) device.dispose();
});

const kernelDevices = [
  ...nativeInstructionSets().map((isa) => ({ name: 'native' as const, isa, threads: 1 })),
  { name: 'wasm' as const },
];

it.each(kernelDevices)('a lone key has no gradient on $name $isa', async (options) => {
  const device = await openedBy(options);
  for (const causal of [true, false]) {
    const [dQ, dK, dV] = await gradients(device, { lengths: [1, 1, 1], causal, spread: 1 });
    expect(dQ!.every((value) => value === 0)).toBe(true);
    expect(dK!.every((value) => value === 0)).toBe(true);
    expect(dV!.some((value) => value !== 0)).toBe(true);
  }
  const [dQ] = await gradients(device, { lengths: [5], causal: true, spread: 1 });
  expect(dQ!.subarray(0, heads * headSize).every((value) => value === 0)).toBe(true);
});

it.each(kernelDevices)('two tokens, and values that hardly differ, on $name $isa', async (options) => {
  const device = await openedBy(options);
  const reference = await openedBy({ name: 'reference' });
  for (const spread of [1, 1e-2, 1e-4]) {
    for (const lengths of [[2], [3, 2, 1], [70]]) {
      for (const causal of [true, false]) {
        const problem = { lengths, causal, spread };
        const [found, wanted] = [await gradients(device, problem), await gradients(reference, problem)];
        wanted.forEach((right, i) => {
          const largest = Math.max(...Array.from(right, Math.abs));
          const worst = Math.max(...Array.from(right, (value, at) => Math.abs(value - found[i]![at]!)));
          expect(worst / largest, `${JSON.stringify(problem)}, d${'QKV'[i]}`).toBeLessThan(1e-6);
        });
      }
    }
  }
});
