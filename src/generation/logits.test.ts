import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices, goldenFile, largestDifference, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import type { Model } from '../models/index.js';
import { allLogits } from './logits.js';

describe.each(devices)('allLogits on $title', ({ open }) => {
  it('is the same bit for bit in one pass and in pieces through a state, and what Transformers computes', async () => {
    const device = await open();
    const model = await loadSet('jamba-odd', device);
    const golden = await goldenFile('jamba-odd');
    const ids = [...(await golden.integers('input_ids'))].slice(0, 33);
    const whole = await allLogits(model, ids);
    expect(largestDifference(whole, (await golden.floats('logits')).subarray(0, whole.length))).toBeLessThan(1e-4);
    for (const chunk of [1, 7, 33, 50]) expect(await allLogits(model, ids, { chunk })).toEqual(whole);
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });
});

describe('allLogits', () => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
  });
  afterAll(() => {
    model.dispose();
    device.dispose();
  });

  it.each([
    [[], undefined, 'ids'],
    [[5, 97], undefined, 'ids'],
    [[5], 0, 'chunk'],
    [[5], 1.5, 'chunk'],
  ])('refuses ids %j with chunk %j', async (ids, chunk, argument) => {
    await expect(allLogits(model, ids, { chunk })).rejects.toMatchObject({ code: 'usage', fields: { argument } });
  });

  it('runs a model without states whole, and refuses to chunk it', async () => {
    using bert = await loadSet('bert-tiny', device);
    const { vocabularySize } = bert.description;
    expect((await allLogits(bert, [5, 6, 7])).length).toBe(3 * vocabularySize);
    await expect(allLogits(bert, [5, 6, 7], { chunk: 1 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
