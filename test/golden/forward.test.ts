/** Hidden states, mixers, routing and logits of every golden decoder, on every device, against Transformers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../src/contract/index.js';
import { type Model, withoutPadding } from '../../src/models/index.js';
import { Segments } from '../../src/nn/index.js';
import { scope, softmax, Tensor, topK, unscoped } from '../../src/tensor/index.js';
import { batchOf, decoderSets, devices, goldenFile, largestDifference, loadSet, read } from './support.js';

const bound = 1e-4;

describe.each(devices)('$title', ({ title, open }) => {
  describe.each(decoderSets)('%s', (set) => {
    let device: Device;
    let model: Model;
    beforeAll(async () => {
      device = await open();
      model = await loadSet(set, device);
    });
    afterAll(() => {
      model.dispose();
      expect(device.memory.bytes).toBe(0);
      device.dispose();
    });

    it('ran where it says', () => {
      expect(`${device.name} ${device.isa}`).toBe(title);
    });

    it('layers and logits', async () => {
      const golden = await goldenFile(set);
      const ids = await golden.integers('input_ids');
      const [batch, length] = golden.shape('input_ids') as [number, number];
      const observed: [string, Tensor][] = [];
      const { logits, hidden, routerLogits, routing } = scope(() => {
        const output = model.forward(
          { ids, segments: batchOf(model, batch, length) },
          {
            hidden: true,
            observe: (part, layer, tensor) =>
              observed.push([
                `${part === 'mixer' ? 'mixer' : 'feed_forward'}.${layer}`,
                unscoped(() => new Tensor(tensor.storage, tensor.shape, tensor.offset)),
              ]),
          },
        );
        return {
          ...output,
          routing: output.routerLogits.map((router) =>
            topK(softmax(router), model.description.layers.find((l) => l.experts > 1)!.expertsPerToken),
          ),
          kept: observed.map(([, tensor]) => tensor),
        };
      });
      const check = async (name: string, tensor: Tensor) =>
        expect(largestDifference(await read(tensor), await golden.floats(name)), name).toBeLessThan(bound);
      await check('logits', logits!);
      for (const [i, tensor] of hidden.entries()) await check(`hidden.${i}`, tensor);
      expect(observed.length).toBe(2 * model.description.layers.length);
      // Of decoders without other mixers the layers' inputs tell as much.
      for (const [name, tensor] of observed) if (golden.has(name)) await check(name, tensor);
      const moeLayers = model.description.layers.flatMap(({ experts }, i) => (experts > 1 ? [i] : []));
      for (const [at, layer] of moeLayers.entries()) {
        await check(`router_logits.${layer}`, routerLogits[at]!);
        await check(`routing_weights.${layer}`, routing[at]!.values);
        expect(await routing[at]!.indices.read()).toEqual(await golden.integers(`experts.${layer}`));
      }
      for (const tensor of [
        logits!,
        ...hidden,
        ...routerLogits,
        ...observed.map(([, t]) => t),
        ...routing.flatMap((r) => [r.values, r.indices]),
      ])
        tensor.dispose();
    });

    it('from input embeddings', async () => {
      const golden = await goldenFile(set);
      const embeddings = await golden.floats('hidden.0');
      const [batch, length, width] = golden.shape('hidden.0') as [number, number, number];
      using logits = scope(() => {
        const x = Tensor.from(device, [batch * length, width], embeddings);
        return model.forward({ embeddings: x, segments: batchOf(model, batch, length) }).logits!;
      });
      expect(largestDifference(await read(logits), await golden.floats('logits'))).toBeLessThan(bound);
    });

    it('left-padded batches', async (context) => {
      const golden = await goldenFile(set);
      if (!golden.has('padded.logits')) {
        return context.skip('Transformers lets the projection bias of padded positions in: no golden numbers');
      }
      const ids = await golden.integers('padded.input_ids');
      const mask = await golden.integers('padded.attention_mask');
      const [batch, length] = golden.shape('padded.input_ids') as [number, number];
      const { lengths, rows } = withoutPadding(mask, batch, length);
      using logits = scope(() => {
        return model.forward({
          ids: Int32Array.from(rows, (row) => ids[row]!),
          segments: new Segments(device, lengths),
        }).logits!;
      });
      const expected = await golden.floats('padded.logits');
      const width = model.description.vocabularySize;
      const kept = Float32Array.from(
        { length: rows.length * width },
        (_, i) => expected[rows[Math.floor(i / width)]! * width + (i % width)]!,
      );
      expect(largestDifference(await read(logits), kept)).toBeLessThan(bound);
    });
  });

  it('jamba-long', async () => {
    const device = await open();
    const model = await loadSet('jamba-long', device);
    const golden = await goldenFile('jamba-long');
    const ids = await golden.integers('input_ids');
    const logits = scope(() => model.forward({ ids, segments: batchOf(model, 1, ids.length) }).logits!);
    expect(largestDifference(await read(logits), await golden.floats('logits'))).toBeLessThan(bound);
    logits.dispose();
    model.dispose();
    device.dispose();
  });

  it('char-shakespeare', async () => {
    const device = await open();
    const model = await loadSet('char-shakespeare', device);
    const golden = await goldenFile('char-shakespeare');
    const ids = await golden.integers('input_ids');
    const logits = scope(() => model.forward({ ids, segments: batchOf(model, 1, ids.length) }).logits!);
    expect(largestDifference(await read(logits), await golden.floats('logits'))).toBeLessThan(bound);
    logits.dispose();
    model.dispose();
    device.dispose();
  });
});
