/** Losses, gradients of every parameter and of the input embeddings, and ten AdamW steps, against Transformers. */
import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/contract/index.js';
import type { Model } from '../../src/models/index.js';
import { scope, Tape, Tensor } from '../../src/tensor/index.js';
import { AdamW, clipScale, sumsOfSquares } from '../../src/training/index.js';
import { type Batch, goldenLosses } from './losses.js';
import {
  batchOf,
  decoderSets,
  devices,
  goldenFile,
  jambaSets,
  largestDifference,
  largestMagnitude,
  loadSet,
  read,
} from './support.js';

async function readBatch(set: string, ids: string, labels: string): Promise<Batch> {
  const golden = await goldenFile(set);
  return {
    ids: await golden.integers(ids),
    labels: await golden.integers(labels),
    shape: golden.shape(ids) as [number, number],
  };
}

async function checkGradients(device: Device, set: string, batch: Batch, prefix: string, gradsFile: string) {
  const model = await loadSet(set, device, { dtype: 'f32' });
  const golden = await goldenFile(set);
  const grads = await goldenFile(set, gradsFile);
  const names = [...model.parameters.keys()];
  const parameters = [...model.parameters.values()];
  for (const parameter of parameters) parameter.requiresGrad = true;
  const tape = new Tape();
  const { ce, aux, loss } = tape.run(() => scope(() => goldenLosses(model, batch)));
  const gradients = tape.gradients(loss, parameters);
  for (const [name, tensor] of [
    ['loss.ce', ce],
    ['loss.aux', aux],
    ['loss', loss],
  ] as const) {
    if (tensor && golden.has(name))
      expect(largestDifference(await read(tensor), await golden.floats(`${prefix}${name}`)), name).toBeLessThan(1e-4);
  }
  expect(names.sort()).toEqual(grads.names.filter((name) => name !== 'inputs_embeds').sort());
  for (const [i, name] of [...model.parameters.keys()].entries()) {
    const expected = await grads.floats(name);
    const distance = largestDifference(await read(gradients[i]!), expected);
    expect(distance / Math.max(largestMagnitude(expected), 1e-12), name).toBeLessThan(1e-4);
  }
  tape.dispose();
  for (const tensor of [ce, aux, loss, ...gradients]) tensor?.dispose();
  await checkInputGradient(model, batch, await grads.floats('inputs_embeds'));
  model.dispose();
  expect(device.memory.bytes).toBe(0);
}

/** The gradient at the embeddings' output, through a frozen model. */
async function checkInputGradient(model: Model, batch: Batch, expected: Float32Array) {
  const { device } = model;
  for (const parameter of model.parameters.values()) {
    if (parameter.dtype !== 'i8') parameter.requiresGrad = false;
  }
  const rows = await embed(model, batch);
  using embeddings = Tensor.from(device, [batch.ids.length, model.description.hiddenSize], rows);
  embeddings.requiresGrad = true;
  using tape = new Tape();
  using loss = tape.run(() => scope(() => goldenLosses(model, batch, embeddings).loss));
  const [gradient] = tape.gradients(loss, [embeddings]);
  const distance = largestDifference(await read(gradient!), expected);
  expect(distance / largestMagnitude(expected), 'inputs_embeds').toBeLessThan(1e-4);
  gradient!.dispose();
}

async function embed(model: Model, batch: Batch) {
  const hidden = scope(
    () =>
      model.forward({ ids: batch.ids, segments: batchOf(model, ...batch.shape) }, { hidden: true, logits: 'none' })
        .hidden[0]!,
  );
  const rows = await read(hidden);
  hidden.dispose();
  return rows;
}

describe.each(devices)('$title', ({ open }) => {
  it.each(decoderSets)('gradients of %s', async (set) => {
    const device = await open();
    await checkGradients(device, set, await readBatch(set, 'input_ids', 'labels'), '', 'grads.safetensors');
    device.dispose();
  });

  it('gradients where an expert got no token', async () => {
    const device = await open();
    const batch = await readBatch('jamba-stacked', 'short.input_ids', 'short.input_ids');
    await checkGradients(device, 'jamba-stacked', batch, 'short.', 'short-grads.safetensors');
    device.dispose();
  });

  it('loss and input gradient of jamba-long', async () => {
    const device = await open();
    const model = await loadSet('jamba-long', device);
    const golden = await goldenFile('jamba-long');
    const batch = await readBatch('jamba-long', 'input_ids', 'labels');
    const { loss, ce, aux } = scope(() => goldenLosses(model, batch));
    expect(largestDifference(await read(loss), await golden.floats('loss'))).toBeLessThan(1e-4);
    expect(largestDifference(await read(ce), await golden.floats('loss.ce'))).toBeLessThan(1e-4);
    expect(largestDifference(await read(aux!), await golden.floats('loss.aux'))).toBeLessThan(1e-4);
    await checkInputGradient(model, batch, await golden.floats('grad.inputs_embeds'));
    device.dispose();
  });

  it.each(jambaSets)('ten AdamW steps of %s', async (set) => {
    const device = await open();
    const model = await loadSet(set, device, { dtype: 'f32' });
    const golden = await goldenFile(set);
    const stepped = await goldenFile(set, 'adamw-10.safetensors');
    const batch = await readBatch(set, 'input_ids', 'labels');
    const parameters = [...model.parameters.values()];
    for (const parameter of parameters) parameter.requiresGrad = true;
    const optimizer = new AdamW(model.parameters, { beta1: 0.9, beta2: 0.95, eps: 1e-6, weightDecay: 0.1 });
    const curve: number[] = [];
    const norms: number[] = [];
    for (let step = 0; step < 10; step++) {
      using tape = new Tape();
      using loss = tape.run(() => scope(() => goldenLosses(model, batch).loss));
      const gradients = tape.gradients(loss, parameters);
      curve.push((await read(loss))[0]!);
      const norm = Math.sqrt((await sumsOfSquares(gradients)).reduce((sum, square) => sum + square));
      optimizer.step(gradients, 1e-3, clipScale(norm, 1));
      norms.push(norm);
      for (const gradient of gradients) gradient.dispose();
    }
    // Before any step both are as exact as a gradient. On the way they are not: float64 itself is 1e-4 from the file here,
    // as early roundings grow with every step. The parameters are what counts.
    for (const [name, values] of [
      ['adamw.losses', curve],
      ['adamw.grad_norms', norms],
    ] as const) {
      const expected = await golden.floats(name);
      expect(Math.abs(values[0]! / expected[0]! - 1), name).toBeLessThan(1e-5);
      expect(largestDifference(values, expected) / largestMagnitude(expected), name).toBeLessThan(1e-3);
    }
    for (const [name, parameter] of model.parameters) {
      expect(largestDifference(await read(parameter), await stepped.floats(name)), name).toBeLessThan(1e-4);
    }
    device.dispose();
  });
});
