import { afterAll, describe, expect, it } from 'vitest';
import { eagerOps, eagerProducts, readModelShape } from '../../cost/index.js';
import { openDevice } from '../../devices/index.js';
import type { Rates } from './calibration.js';
import { CountingDevice } from './countingDevice.js';
import { type Activity, type Count, countRuns, measureModel } from './measurement.js';
import { type Prediction, predictPrompt, predictToken, predictTraining } from './prediction.js';
import { promptRun } from './runs.js';

const hybrid = {
  model_type: 'jamba',
  vocab_size: 512,
  hidden_size: 96,
  intermediate_size: 208,
  num_hidden_layers: 5,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  num_experts: 1,
  num_experts_per_tok: 1,
  expert_layer_period: 2,
  expert_layer_offset: 1,
  attn_layer_period: 3,
  attn_layer_offset: 1,
  mamba_d_state: 8,
  mamba_d_conv: 3,
  mamba_expand: 2,
  mamba_dt_rank: 7,
};
const shapes = {
  'a dense Transformer': { ...hybrid, attn_layer_period: 1, attn_layer_offset: 0 },
  'Mamba alone': { ...hybrid, attn_layer_period: 100, attn_layer_offset: 99 },
  'a hybrid': hybrid,
  'a hybrid with experts and a tied head': {
    ...hybrid,
    num_experts: 4,
    num_experts_per_tok: 2,
    intermediate_size: 120,
    tie_word_embeddings: true,
  },
};

/** Seconds are another matter. */
const noRates = new Proxy({}, { get: () => 0 }) as Rates;
const predictions = { training: predictTraining, prompt: predictPrompt, token: predictToken } as const;

const opened: CountingDevice[] = [];
async function count(config: typeof hybrid, sizes: { batch: number; context: number }) {
  const device = new CountingDevice(await openDevice());
  opened.push(device);
  const { counts, model } = await countRuns(config, 'config.json', device, { ...sizes, repeats: 1 });
  model.dispose();
  const { shape } = readModelShape(config);
  const predicted = (activity: Activity): Prediction => predictions[activity](shape, sizes, noRates);
  return { counts, predicted, device };
}

afterAll(() => {
  for (const device of opened) device.dispose();
});

describe.each(Object.entries(shapes))('%s', (_, config) => {
  it.each([
    { batch: 1, context: 96 },
    { batch: 3, context: 70 },
  ])('computes and holds what is predicted, with $batch × $context tokens', async (sizes) => {
    const { counts, predicted, device } = await count(config, sizes);
    for (const [activity, counted] of Object.entries(counts) as [Activity, Count][]) {
      const { flops, recomputedFlops, bytes } = predicted(activity);
      expect({ activity, flops: counted.flops, recomputedFlops: counted.recomputedFlops }).toEqual({
        activity,
        flops,
        recomputedFlops,
      });
      expect(bytes / counted.bytes, activity).toBeGreaterThan(0.9);
      expect(bytes / counted.bytes, activity).toBeLessThan(1.1);
    }
    expect(device.memory.bytes).toBe(0);
  });
});

describe('the ops of a forward pass', () => {
  it.each(Object.entries(shapes))('of %s are as many as predicted', async (_, config) => {
    const device = new CountingDevice(await openDevice());
    opened.push(device);
    const { model } = await countRuns(config, 'config.json', device, { batch: 1, context: 8, repeats: 1 });
    const run = promptRun(model, device, { batch: 1, context: 64 });
    // The first pass after the weights have changed works A out.
    await run.once();
    const { work } = await device.counting(() => run.once());
    model.dispose();
    const calls = (counted: (op: string) => boolean) =>
      [...work].filter(([op]) => counted(op)).reduce((sum, [, { calls }]) => sum + calls, 0);
    const { shape } = readModelShape(config);
    expect(calls((op) => /matmul/i.test(op))).toBe(eagerProducts(shape));
    expect(calls(() => true)).toBe(eagerOps(shape));
  });
});

describe('measureModel', () => {
  it('times everything, and gives all memory back', async () => {
    const device = new CountingDevice(await openDevice());
    opened.push(device);
    const { shape } = readModelShape(shapes['a hybrid with experts and a tied head']);
    const config = shapes['a hybrid with experts and a tied head'];
    const sizes = { batch: 1, context: 64, repeats: 2 };
    const { rates, runs } = await measureModel(shape, config, 'config.json', device, sizes);
    for (const [name, rate] of Object.entries(rates)) expect(rate, name).toBeGreaterThan(0);
    for (const { predicted, measured } of Object.values(runs)) {
      expect(predicted.seconds).toBeGreaterThan(0);
      expect(measured.seconds).toBeGreaterThan(0);
    }
    expect(device.memory.bytes).toBe(0);
  });
});
