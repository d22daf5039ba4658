import { afterAll, describe, expect, it } from 'vitest';
import { batchOf, tinyTrainer, weightsOf } from '../../test/support/training.js';
import { bf16ToNumber, numberToBf16 } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import { isJambalayaError } from '../errors/index.js';
import type { Batch } from './data/batch.js';
import { rateShare } from './schedule.js';
import type { TrainerOptions } from './trainer.js';

const device = await openDevice();
afterAll(() => device.dispose());

/** Three steps; the weights after them, the losses, and the peak of memory. */
async function train(options: Partial<TrainerOptions>, batches = [[batchOf([9, 7], 1)]], seed = 1) {
  const { model, trainer, dispose } = await tinyTrainer(device, options, seed);
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    losses.push((await trainer.step(batches[step % batches.length]!, 1e-2, step === 1)).loss);
  }
  const weights = await weightsOf(model.parameters);
  dispose();
  return { weights, losses };
}

describe('Trainer', () => {
  it('learns', async () => {
    const { trainer, dispose } = await tinyTrainer(device);
    const schedule = { shape: 'linear', warmup: 5, decay: 0, final: 0 } as const;
    let loss = Number.NaN;
    for (let step = 0; step < 60; step++) {
      ({ loss } = await trainer.step([batchOf([20, 12], step)], 1e-2 * rateShare(schedule, step, 60)));
      if (step === 0) expect(Math.abs(loss - Math.log(32))).toBeLessThan(0.1);
    }
    expect(loss).toBeLessThan(0.5);
    dispose();
    expect(device.memory.bytes).toBe(0);
  });

  it('same seed, same weights, bit for bit; another seed, others', async () => {
    const options = { dropout: 0.1, activation: 1e-3 };
    const first = await train(options);
    expect(await train(options)).toEqual(first);
    expect(await train({ ...options, seed: 4 })).not.toEqual(first);
    expect((await train(options, undefined, 2)).weights).not.toEqual(first.weights);
  });

  it('same weights on one thread and on three', async () => {
    const weights = [];
    for (const threads of [1, 3]) {
      const own = await openDevice({ threads });
      const { model, trainer, dispose } = await tinyTrainer(own, { dropout: 0.1, activation: 1e-3 });
      for (let step = 0; step < 2; step++) await trainer.step([batchOf([300, 212], step)], 1e-2);
      weights.push(await weightsOf(model.parameters));
      dispose();
      own.dispose();
    }
    expect(weights[1]).toEqual(weights[0]);
  });

  it('recomputed layers give the same bits as kept ones, with dropout and both losses on', async () => {
    const options = { dropout: 0.2, activation: 1e-2, balance: 0.1 };
    expect(await train({ ...options, recompute: true })).toEqual(await train({ ...options, recompute: false }));
  });

  it('a step of two batches is one of both together', async () => {
    const options = { balance: 0, clip: 0 };
    const apart = await train(options, [[batchOf([9], 1), batchOf([7], 4)]]);
    const together = await train(options);
    expect(apart.losses[0]).toBeCloseTo(together.losses[0]!, 5);
    const largest = Math.max(...together.weights.map((weight, i) => Math.abs(weight - apart.weights[i]!)));
    expect(largest).toBeLessThan(1e-3);
    expect(apart.losses).not.toEqual((await train(options, [[batchOf([9], 1)]])).losses);
  });

  it('every option changes the weights', async () => {
    const plain = await train({});
    for (const change of [{ dropout: 0.1 }, { balance: 0.5 }, { activation: 0.1 }, { clip: 0.01 }]) {
      expect((await train(change)).weights, JSON.stringify(change)).not.toEqual(plain.weights);
    }
  });

  it('reports losses, the gradient’s norm, loads and activations', async () => {
    const { trainer, dispose } = await tinyTrainer(device, { activation: 0.1 });
    const { balanceLoss, activationLoss, gradientNorm, observation } = await trainer.step(
      [batchOf([9, 7]), batchOf([5])],
      1e-3,
      true,
    );
    expect(balanceLoss).toBeGreaterThan(1.5);
    expect(balanceLoss).toBeLessThan(3);
    expect(activationLoss).toBeGreaterThan(0);
    expect(gradientNorm).toBeGreaterThan(0);
    expect(Object.keys(observation!.expertLoad)).toEqual(['1']);
    expect(observation!.expertLoad['1']!.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(observation!.largestActivation).toHaveLength(3);
    for (const { mixer, feedForward } of observation!.largestActivation) {
      expect(mixer).toBeGreaterThan(0);
      expect(feedForward).toBeGreaterThan(0);
    }
    expect((await trainer.step([batchOf([3])], 1e-3)).observation).toBeUndefined();
    dispose();
  });

  it('in bf16 learns as in f32, with weights in f32', async () => {
    const losses: Record<string, number> = {};
    for (const precision of ['f32', 'bf16'] as const) {
      const { model, trainer, rounded, dispose } = await tinyTrainer(device, {}, 1, precision);
      for (let step = 0; step < 40; step++) {
        losses[precision] = (await trainer.step([batchOf([20, 12], step)], 3e-3)).loss;
      }
      for (const [name, working] of rounded?.working ?? []) {
        const masters = await model.parameters.get(name)!.read();
        const bits = await working.read();
        expect(
          masters.some((value, i) => value !== bf16ToNumber(bits[i]!)),
          name,
        ).toBe(true);
        expect([...bits], name).toEqual(Array.from(masters, numberToBf16));
      }
      if (rounded)
        expect([...rounded.working.keys()].filter((name) => /router|norm|A_log|conv1d|bias/.test(name))).toEqual([]);
      dispose();
      expect(device.memory.bytes).toBe(0);
    }
    expect(losses.bf16).not.toBe(losses.f32);
    expect(Math.abs(losses.bf16! - losses.f32!)).toBeLessThan(0.02);
    expect(losses.f32).toBeLessThan(2.5);
  });

  it('looks at the first of several batches, once', async () => {
    const observe = async (batches: readonly Batch[]) => {
      const { trainer, dispose } = await tinyTrainer(device, { recompute: true });
      const { observation } = await trainer.step(batches, 1e-3, true);
      dispose();
      return observation;
    };
    expect(await observe([batchOf([4]), batchOf([30, 20], 9)])).toEqual(await observe([batchOf([4])]));
  });

  it.each([
    ['model.embed_tokens.weight', 0, 'the embedding'],
    ['model.layers.0.mamba.D', 0, 'layer 0 (mamba)'],
    ['model.layers.1.self_attn.o_proj.weight', 0, 'layer 1 (attention)'],
    ['model.layers.1.feed_forward.experts.0.down_proj.weight', 0, 'layer 1 (experts)'],
    ['model.layers.2.feed_forward.down_proj.weight', 5, 'layer 2 (feed-forward)'],
    ['model.final_layernorm.weight', 0, 'the final norm'],
  ])('stops before it changes a weight where %s is not finite', async (name, at, where) => {
    const { model, trainer, dispose } = await tinyTrainer(device);
    const values = Float32Array.from((await model.parameters.get(name)!.read()) as Float32Array);
    values[at] = Number.POSITIVE_INFINITY;
    model.parameters.get(name)!.write(values);
    const before = await weightsOf(model.parameters);
    const error = await trainer.step([batchOf([8]), batchOf([40], 2)], 1e-3).catch((thrown: unknown) => thrown);
    expect(isJambalayaError(error, 'diverged'), String(error)).toBe(true);
    expect((error as Error).message).toContain('step 1: a loss of NaN in batch');
    expect((error as Error).message).toContain(`first in ${where}`);
    expect(await weightsOf(model.parameters)).toEqual(before);
    dispose();
    expect(device.memory.bytes).toBe(0);
  });

  it('names the parameter whose gradient overflows first on the way back', async () => {
    const { model, trainer, dispose } = await tinyTrainer(device, { balance: 0, activation: 3e38 });
    const weight = model.parameters.get('model.layers.2.feed_forward.down_proj.weight')!;
    weight.write(Float32Array.from({ length: weight.size }, (_, i) => (i % 7) * 1e3));
    const error = (await trainer.step([batchOf([8])], 1e-3).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(
      /a gradient that is not finite in batch 1 of 1, first in the gradient of model\.layers\.2/,
    );
    dispose();
  });
});
