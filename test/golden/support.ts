/** Golden sets (see test/fixtures/golden/README.md), and the devices that every one of them is tried on. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Device } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import {
  bytesSource,
  type Checkpoint,
  openCheckpoint,
  openFolder,
  readFloats,
  readIntegers,
  readSafetensors,
} from '../../src/formats/index.js';
import { loadCheckpoint, type Model } from '../../src/models/index.js';
import { Segments, type State, type WeightOptions } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';

export const jambaSets = ['jamba-moe', 'jamba-dense', 'jamba-odd', 'jamba-stacked'] as const;
/** Decoders with rotary positions. */
export const rotarySets = ['llama-tiny', 'qwen2-tiny', 'qwen3-tiny'] as const;
export const decoderSets = [...jambaSets, ...rotarySets] as const;

/** Folder of a golden set. */
export const folderOf = (set: string) =>
  fileURLToPath(
    new URL(
      set === 'char-shakespeare' ? '../../models/char-shakespeare' : `../fixtures/golden/${set}`,
      import.meta.url,
    ),
  );

/** Reads one tensor file of a set into host arrays on demand. */
export async function goldenFile(set: string, file = 'golden.safetensors') {
  const path = `${folderOf(set)}/${file}`;
  const { tensors } = await readSafetensors(bytesSource(path, readFileSync(path)));
  const find = (name: string) => {
    const entry = tensors.get(name);
    if (entry === undefined) throw new Error(`${set}/${file} has no ${name}`);
    return entry;
  };
  return {
    names: [...tensors.keys()],
    has: (name: string) => tensors.has(name),
    shape: (name: string) => find(name).shape,
    floats: (name: string) => readFloats(find(name)),
    integers: async (name: string) => Int32Array.from(await readIntegers(find(name))),
  };
}

export const openSet = async (set: string): Promise<Checkpoint> => openCheckpoint(await openFolder(folderOf(set)));

export async function loadSet(set: string, device: Device, options: WeightOptions = {}): Promise<Model> {
  const checkpoint = await openSet(set);
  const { model } = await loadCheckpoint(checkpoint, device, options);
  await checkpoint.close();
  return model;
}

/** Every device and instruction set of this machine; `JAMBALAYA_TEST_DEVICES=native,wasm` narrows them down. */
export const devices: { title: string; open: () => Promise<Device> }[] = [
  ...nativeInstructionSets().map((isa) => ({
    title: `native ${isa}`,
    open: () => openDevice({ name: 'native' as const, isa, threads: 2 }),
  })),
  { title: 'wasm simd128', open: () => openDevice({ name: 'wasm' as const }) },
  { title: 'reference float64', open: () => openDevice({ name: 'reference' as const }) },
].filter(({ title }) => {
  const only = process.env.JAMBALAYA_TEST_DEVICES?.split(',');
  return only === undefined || only.some((name) => title.startsWith(name));
});

/** The largest |actual − expected|. NaN anywhere makes it NaN, which no bound accepts. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, expected ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

export const largestMagnitude = (values: ArrayLike<number>) => {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
};

/** `count` segments of `length` rows each, as the golden batches are. */
export const batchOf = (model: Model, count: number, length: number, states?: State[]) =>
  new Segments(model.device, new Array<number>(count).fill(length), states);

export const read = async (tensor: Tensor) => (await tensor.read()) as Float32Array | Float64Array;
