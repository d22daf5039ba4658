/** ExpertsInt8 against the golden sets: the int8 values, the logits and the gradient through the frozen model. */
import { describe, expect, it } from 'vitest';
import { expertsInt8 } from '../../src/quantization/index.js';
import { scope, Tape, Tensor } from '../../src/tensor/index.js';
import { goldenLosses } from './losses.js';
import { batchOf, devices, goldenFile, largestDifference, largestMagnitude, loadSet, read } from './support.js';

describe.each(devices)('$title', ({ open }) => {
  it.each(['jamba-moe', 'jamba-odd', 'jamba-long'])('%s', async (set) => {
    const device = await open();
    const model = await loadSet(set, device, { quantize: expertsInt8 });
    const golden = await goldenFile(set);
    const int8 = await goldenFile(set, 'experts-int8.safetensors');
    const quantized = [...model.parameters].filter(([, tensor]) => tensor.dtype === 'i8');
    expect(quantized.length).toBeGreaterThan(0);
    for (const [name, tensor] of quantized) {
      if (!int8.has(name)) continue;
      expect(Int8Array.from((await tensor.read()) as Int8Array), name).toEqual(
        Int8Array.from(await int8.integers(name)),
      );
      const scale = await read(model.parameters.get(`${name}_scale`)!);
      expect(Float32Array.from(scale), `${name}_scale`).toEqual(await int8.floats(`${name}_scale`));
    }
    if (set !== 'jamba-long')
      expect(quantized.map(([name]) => name).sort()).toEqual(
        int8.names.filter((name) => name.endsWith('proj.weight')).sort(),
      );

    const ids = await golden.integers('input_ids');
    const shape = golden.shape('input_ids') as [number, number];
    const { logits, rows } = scope(() => {
      const output = model.forward({ ids, segments: batchOf(model, ...shape) }, { hidden: true });
      return { logits: output.logits!, rows: output.hidden[0]! };
    });
    expect(largestDifference(await read(logits), await int8.floats('logits'))).toBeLessThan(1e-4);
    if (int8.has('grad.inputs_embeds')) {
      const labels = await golden.integers('labels');
      using embeddings = Tensor.from(device, rows.shape, Float32Array.from(await read(rows)));
      embeddings.requiresGrad = true;
      using tape = new Tape();
      using loss = tape.run(() => scope(() => goldenLosses(model, { ids, labels, shape }, embeddings).loss));
      const [gradient] = tape.gradients(loss, [embeddings]);
      const expected = await int8.floats('grad.inputs_embeds');
      expect(largestDifference(await read(gradient!), expected) / largestMagnitude(expected)).toBeLessThan(1e-4);
      gradient!.dispose();
    }
    for (const tensor of [logits, rows]) tensor.dispose();
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  it('quantizing at load holds one tensor at a time beside the result', async () => {
    const device = await open();
    const model = await loadSet('jamba-long', device, { quantize: expertsInt8 });
    const largest = 320 * 192 * (device.name === 'reference' ? 8 : 2);
    const vectors = 4 * 384 * 192 * (device.name === 'reference' ? 2 : 1);
    expect(device.memory.peakBytes - device.memory.bytes).toBeLessThanOrEqual(largest + vectors);
    model.dispose();
    device.dispose();
  });
});
