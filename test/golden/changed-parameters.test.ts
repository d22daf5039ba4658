/** What a model works out of its parameters ahead of time follows them when they change. */
import { expect, it } from 'vitest';
import { scope } from '../../src/tensor/index.js';
import { batchOf, devices, goldenFile, loadSet, read } from './support.js';

it.each(devices)('A follows A_log ($title)', async ({ open }) => {
  const device = await open();
  const model = await loadSet('jamba-moe', device);
  const golden = await goldenFile('jamba-moe');
  const ids = (await golden.integers('input_ids')).slice(0, 12);
  const logits = async () => {
    using out = scope(() => model.forward({ ids, segments: batchOf(model, 1, ids.length) }).logits!);
    return Array.from(await read(out));
  };
  const aLog = model.parameters.get('model.layers.0.mamba.A_log')!;
  const before = await logits();
  expect(await logits()).toEqual(before);
  aLog.write(Float32Array.from(await read(aLog), (value) => value - 0.5));
  const after = await logits();
  expect(after).not.toEqual(before);
  // Where its gradient may be asked for, A is worked out in every pass.
  aLog.requiresGrad = true;
  expect(await logits()).toEqual(after);
  model.dispose();
  expect(device.memory.bytes).toBe(0);
  device.dispose();
});
