import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices, folderOf, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import type { Model } from '../models/index.js';
import { allLogits } from './logits.js';
import { logprobsOf } from './logprobs.js';
import { windowedLogLikelihood } from './perplexity.js';

const heldOut = () => Array.from(readFileSync(`${folderOf('char-shakespeare')}/heldout.txt`), (byte) => byte + 3);

describe.each(devices.filter(({ title }) => !title.startsWith('reference')))('$title', ({ open }) => {
  it('finds the bits per byte that Transformers finds, to three decimals', async () => {
    const device = await open();
    const model = await loadSet('char-shakespeare', device);
    const ids = heldOut();
    const { bits, scoredTokens, perplexity } = await windowedLogLikelihood(model, ids, { window: 256, stride: 128 });
    expect((bits / ids.length).toFixed(3)).toBe('2.036');
    expect(Math.abs(bits / ids.length - 2.0362)).toBeLessThan(1e-4);
    expect(scoredTokens).toBe(ids.length - 1);
    expect(Math.log2(perplexity)).toBeCloseTo(bits / scoredTokens, 9);
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });
});

describe('windowedLogLikelihood', () => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
  });
  afterAll(() => {
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  const ids = Array.from({ length: 50 }, (_, i) => 3 + ((i * i * 13) % 90));

  /** Bits of tokens [from, end) of a window that begins at `start`. */
  async function bitsOf(text: readonly number[], start: number, from: number, end: number) {
    const V = model.description.vocabularySize;
    const logits = await allLogits(model, text.slice(start, end));
    let nats = 0;
    for (let t = from; t < end; t++) {
      const row = logits.subarray((t - 1 - start) * V, (t - start) * V);
      nats -= logprobsOf(row, text[t]!, 0).logprob;
    }
    return nats / Math.LN2;
  }

  it('adds up what each window scores', async () => {
    const { bits, scoredTokens, windows } = await windowedLogLikelihood(model, ids, { window: 20, stride: 15 });
    const expected = (await bitsOf(ids, 0, 1, 20)) + (await bitsOf(ids, 15, 20, 35)) + (await bitsOf(ids, 30, 35, 50));
    expect(bits).toBeCloseTo(expected, 3);
    expect([scoredTokens, windows]).toEqual([49, 3]);
  });

  it('leaves first tokens without a score where windows do not overlap', async () => {
    const { bits, scoredTokens } = await windowedLogLikelihood(model, ids, { window: 20, stride: 20 });
    expect(bits).toBeCloseTo(
      (await bitsOf(ids, 0, 1, 20)) + (await bitsOf(ids, 20, 21, 40)) + (await bitsOf(ids, 40, 41, 50)),
      3,
    );
    expect(scoredTokens).toBe(47);
  });

  it('reads a window that is too long for one pass piece by piece', async () => {
    const long = Array.from({ length: 4500 }, (_, i) => 3 + ((i * i * 13) % 90));
    const progress: number[] = [];
    const { bits } = await windowedLogLikelihood(model, long, {
      window: 4500,
      stride: 4500,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toEqual([4096, 4500]);
    const expected = await bitsOf(long, 0, 1, 4500);
    expect(Math.abs(bits / expected - 1)).toBeLessThan(1e-6);
  });

  it('stops when asked to', async () => {
    const options = { window: 20, stride: 10, aborted: () => true };
    await expect(windowedLogLikelihood(model, ids, options)).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    [[5], 4, 2, 'ids'],
    [[5, 99], 4, 2, 'ids'],
    [[5, 6], 1, 1, 'window'],
    [[5, 6], 4, 0, 'stride'],
    [[5, 6], 4, 5, 'stride'],
    [[5, 6], 4, Number.NaN, 'stride'],
  ])('refuses ids %j, window %j, stride %j', async (wrong, window, stride, argument) => {
    await expect(windowedLogLikelihood(model, wrong, { window, stride })).rejects.toMatchObject({
      code: 'usage',
      fields: { argument },
    });
  });

  it('refuses a model that sees both sides', async () => {
    using bert = await loadSet('bert-tiny', device);
    await expect(windowedLogLikelihood(bert, ids, { window: 20, stride: 10 })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
