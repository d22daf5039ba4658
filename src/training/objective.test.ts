import { afterAll, describe, expect, it } from 'vitest';
import { batchOf, plainOptions, tinyTrainer, weightsOf } from '../../test/support/training.js';
import { openDevice } from '../devices/index.js';
import { ignoredLabel, Segments } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { AdamW, type Batch, bitsPerByte, causal, countedRows, type Objective, Trainer } from './index.js';

const device = await openDevice();
afterAll(() => device.dispose());

/** Only the last `count` labels of each segment count. */
function endsOf(batch: Batch, count: number): Batch {
  const labels = Int32Array.from(batch.labels);
  batch.lengths.forEach((_, s) => {
    labels.fill(ignoredLabel, batch.offsets[s], batch.offsets[s + 1]! - 1 - count);
  });
  const countedLabels = labels.filter((label) => label !== ignoredLabel).length;
  return { ...batch, labels, countedLabels, bytes: countedLabels };
}

describe('objectives', () => {
  it('logits are made of the rows that count, and the loss is that of all rows', async () => {
    const { model, dispose } = await tinyTrainer(device);
    const batch = endsOf(batchOf([9, 7]), 2);
    expect(countedRows(batch)).toEqual([6, 7, 13, 14]);
    const rows: unknown[] = [];
    const spied = Object.assign(Object.create(model) as typeof model, {
      forward: (...args: Parameters<typeof model.forward>) => {
        rows.push(args[1]?.logits);
        return model.forward(...args);
      },
    });
    const few = await causal.measure(spied, [batch]);
    const whole: Objective = {
      ...causal,
      pass: (model, batch, segments) => {
        const output = model.forward({ ids: batch.ids, segments });
        return { loss: causal.pass(model, batch, segments, {}).loss, output };
      },
    };
    expect(rows).toEqual([[6, 7, 13, 14]]);
    expect(await bitsPerByte(whole, model, [batch])).toBe(few);
    const [all, chosen] = scope(() => {
      const forward = (logits: 'all' | number[]) =>
        model.forward({ ids: batch.ids, segments: new Segments(device, batch.lengths) }, { logits }).logits!;
      return [forward('all'), forward([14, 6])];
    });
    const values = await all.read();
    expect(await chosen.read()).toEqual(
      Float32Array.of(...values.slice(14 * 32, 15 * 32), ...values.slice(6 * 32, 7 * 32)),
    );
    for (const tensor of [all, chosen]) tensor.dispose();
    dispose();
    expect(device.memory.bytes).toBe(0);
  });

  it('a row that is none is refused by its number', async () => {
    const { model, dispose } = await tinyTrainer(device);
    const forward = () =>
      scope(() => model.forward({ ids: [1, 2], segments: new Segments(device, [2]) }, { logits: [2] }));
    expect(forward).toThrow(/logits.*0 to 1.*2 at position 0/s);
    dispose();
  });

  it('what an objective makes of a batch hangs on seed, step and place alone', async () => {
    const drawn = async (seed: number) => {
      const words: number[] = [];
      const noting: Objective = {
        ...causal,
        batch: (given, random) => {
          words.push(random.word());
          return given;
        },
      };
      const { trainer, dispose } = await tinyTrainer(device, { objective: noting, seed });
      for (let step = 0; step < 2; step++) await trainer.step([batchOf([5]), batchOf([6])], 1e-3);
      dispose();
      return words;
    };
    const words = await drawn(3);
    expect(new Set(words).size).toBe(4);
    expect(await drawn(3)).toEqual(words);
    expect(await drawn(4)).not.toEqual(words);
  });
});

describe('a trainer of some parameters', () => {
  it('changes those alone, and afterwards none asks for a gradient that did not before', async () => {
    const { model: whole, trainer, dispose } = await tinyTrainer(device);
    trainer.dispose();
    const some = new Map([...whole.parameters].filter(([name]) => name.includes('layers.1.self_attn')));
    const others = new Map([...whole.parameters].filter(([name]) => !some.has(name)));
    const before = [await weightsOf(some), await weightsOf(others)];
    using part = new AdamW(some, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 });
    {
      using partTrainer = new Trainer(whole, part, plainOptions);
      await partTrainer.step([batchOf([9, 7])], 1e-2);
      expect([...others.values()].some(({ requiresGrad }) => requiresGrad)).toBe(false);
    }
    expect([...whole.parameters.values()].some(({ requiresGrad }) => requiresGrad)).toBe(false);
    expect(await weightsOf(some)).not.toEqual(before[0]);
    expect(await weightsOf(others)).toEqual(before[1]);
    dispose();
  });
});
