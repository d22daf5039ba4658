import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceName } from '../contract/index.js';
import { nativeInstructionSets, openDevice } from '../devices/index.js';
import { isJambalayaError } from '../errors/index.js';
import { DecodeBatch } from '../generation/index.js';
import { loadCheckpoint, openModel } from '../models/index.js';
import { StatePool } from '../nn/index.js';
import { quantizer } from '../quantization/index.js';
import { expectModelFits, MemoryPlanner, roomOf } from './memoryPlan.js';
import type { WeightScheme } from './protocol.js';

const shakespeare = fileURLToPath(new URL('../../models/char-shakespeare', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/golden/${name}`, import.meta.url));
const native = nativeInstructionSets().length > 0;
const device: DeviceName = native ? 'native' : 'wasm';

async function planOf(model: string, weights: WeightScheme, context: number, batch: number) {
  const checkpoint = await openModel(model);
  using planner = await MemoryPlanner.open(checkpoint, { weights, device });
  const plan = planner.plan({ context, batch, threads: 1 });
  await checkpoint.close();
  return plan;
}

/** Reads prompts and decodes until every sequence has its context; what the device says of its memory. */
async function measure(model: string, weights: WeightScheme, context: number, batch: number) {
  const checkpoint = await openModel(model);
  const opened = await openDevice({ name: device, threads: 1 });
  const quantize = weights === 'file' ? undefined : quantizer(weights);
  const { model: loaded } = await loadCheckpoint(checkpoint, opened, { quantize });
  const made = 4;
  {
    using pool = new StatePool(opened, loaded.stateLayouts);
    using running = new DecodeBatch(loaded);
    for (let i = 0; i < batch; i++) {
      const prompt = Array.from({ length: context - made }, (_, t) => (7 * t + i) % 90);
      running.add({ state: pool.create(), prompt, options: { maxTokens: made, temperature: 0 } });
    }
    while (running.size > 0) await running.step();
  }
  const { memory } = opened;
  loaded.dispose();
  opened.dispose();
  await checkpoint.close();
  return memory;
}

describe.skipIf(!native)('a plan', () => {
  // Thread memory is no buffer of the device.
  const scratch = 4 * 2 ** 20;
  it.each([
    ['the bundled model', shakespeare, 'file', 600, 1],
    ['many short sequences', shakespeare, 'int8', 64, 6],
    ['a long context', shakespeare, 'experts-int8', 5000, 1],
    ['f32 made of bf16', fixture('jamba-moe'), 'file', 300, 2],
  ] as const)('of %s holds within 10 %', async (_, model, weights, context, batch) => {
    const plan = await planOf(model, weights, context, batch);
    const memory = await measure(model, weights, context, batch);
    const measured = memory.peakHeldBytes + memory.mappedBytes - untouched(plan, context, batch);
    const planned = plan.totalBytes - plan.programBytes - scratch;
    expect(Math.abs(planned - measured) / measured).toBeLessThan(0.1);
    expect(plan.weights.mappedBytes).toBe(memory.mappedBytes);
  });
});

/** Rooms of the pool that no position has used: allocated, but never touched. */
function untouched({ kvCacheBytes, stateBytes }: Awaited<ReturnType<typeof planOf>>, context: number, batch: number) {
  const pages = 2 ** Math.ceil(Math.log2(Math.max(4, batch * Math.ceil(context / 64))));
  const slots = 2 ** Math.ceil(Math.log2(batch));
  return kvCacheBytes * ((pages * 64) / (context * batch) - 1) + stateBytes * (slots / batch - 1);
}

describe('what does not fit', () => {
  let plan: Awaited<ReturnType<typeof planOf>>;
  beforeAll(async () => {
    plan = await planOf(shakespeare, 'file', 512, 1);
  });
  const load = async (memoryBytes: number) => {
    const checkpoint = await openModel(shakespeare);
    const opened = await openDevice({ name: device, threads: 1 });
    try {
      await expectModelFits(checkpoint, opened, { model: 'a model', weights: 'file', memoryBytes });
    } finally {
      opened.dispose();
      await checkpoint.close();
    }
  };

  it('is refused with what is needed and what there is, to the byte', async () => {
    await expect(load(plan.totalBytes - 1)).rejects.toSatisfy(
      (error) =>
        isJambalayaError(error, 'memory') &&
        error.fields.neededBytes === plan.totalBytes &&
        error.fields.availableBytes === plan.totalBytes - 1 &&
        /^a model needs [\d.]+ MB, and there are [\d.]+ MB$/.test(error.message) &&
        /weights .* states .* KV cache .* work space/.test(error.hint ?? ''),
    );
    await expect(load(plan.totalBytes)).resolves.toBeUndefined();
  });

  it('counts what a device has already, and what WebAssembly can address', async () => {
    const opened = await openDevice({ name: 'wasm' });
    const before = roomOf(opened, 1e9);
    const handle = opened.allocate('i8', 1e8);
    expect(before - roomOf(opened, 1e9)).toBeGreaterThan(0.99e8);
    expect(roomOf(opened)).toBeLessThan(2 ** 32);
    opened.free(handle);
    opened.dispose();
  });

  it('is refused for a context that the model cannot have', async () => {
    const checkpoint = await openModel(fixture('bert-tiny'));
    using planner = await MemoryPlanner.open(checkpoint);
    await checkpoint.close();
    const { maxLength } = planner.model.description;
    expect(planner.plan({ context: maxLength! })).toMatchObject({ stateBytes: 0, kvCacheBytes: 0 });
    for (const context of [0, 1.5, maxLength! + 1]) {
      expect(() => planner.plan({ context })).toThrow(/context: expected a whole number from 1 to/);
    }
  });
});
