/**
 * Products in bf16: against the reference, which rounds to bf16 where a device does and multiplies in float64; and against
 * Transformers' float32, within what two roundings to 8 bits can do.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Device } from '../../src/contract/index.js';
import { openDevice } from '../../src/devices/index.js';
import { quantizer } from '../../src/quantization/index.js';
import { scope, Tape, Tensor } from '../../src/tensor/index.js';
import { goldenLosses } from './losses.js';
import { batchOf, devices, goldenFile, largestDifference, largestMagnitude, loadSet, read } from './support.js';

async function run(set: string, open: () => ReturnType<typeof openDevice>) {
  const device = await open();
  try {
    return await logitsAndGradient(set, device);
  } finally {
    device.dispose();
  }
}

/** Logits, and the gradient of the loss in the embedded tokens, through a frozen model. */
async function logitsAndGradient(set: string, device: Device) {
  const model = await loadSet(set, device, { quantize: quantizer('bf16') });
  const golden = await goldenFile(set);
  const ids = await golden.integers('input_ids');
  const labels = await golden.integers('labels');
  const shape = golden.shape('input_ids') as [number, number];
  const { logits, rows } = scope(() => {
    const output = model.forward({ ids, segments: batchOf(model, ...shape) }, { hidden: true });
    return { logits: output.logits!, rows: output.hidden[0]! };
  });
  using embeddings = Tensor.from(device, rows.shape, Float32Array.from(await read(rows)));
  embeddings.requiresGrad = true;
  using tape = new Tape();
  using loss = tape.run(() => scope(() => goldenLosses(model, { ids, labels, shape }, embeddings).loss));
  const [gradient] = tape.gradients(loss, [embeddings]);
  const result = { logits: Float64Array.from(await read(logits)), gradient: Float64Array.from(await read(gradient!)) };
  for (const tensor of [logits, rows, gradient!]) tensor.dispose();
  model.dispose();
  return result;
}

const relative = (actual: Float64Array, expected: ArrayLike<number>) =>
  largestDifference(actual, expected) / largestMagnitude(expected);

const sets = ['jamba-moe', 'jamba-odd'] as const;
const references = new Map<string, ReturnType<typeof run>>();
const reference = (set: string) => {
  if (!references.has(set))
    references.set(
      set,
      run(set, () => openDevice({ name: 'reference' })),
    );
  return references.get(set)!;
};
afterAll(() => references.clear());

describe.each(devices)('$title', ({ open }) => {
  // A sum that differs in its last bit can round to the neighbouring bf16, 2^-8 away (seen: 3.4e-3 and 6.4e-3).
  it.each(sets)('%s is what the reference makes of the same roundings', async (set) => {
    const expected = await reference(set);
    const actual = await run(set, open);
    expect(relative(actual.logits, expected.logits)).toBeLessThan(1e-2);
    expect(relative(actual.gradient, expected.gradient)).toBeLessThan(2e-2);
  });
  it.each(sets)('%s stays near float32 (seen: 4.7e-2; the weights are random)', async (set) => {
    const golden = await goldenFile(set);
    const { logits, gradient } = await run(set, open);
    expect(relative(logits, await golden.floats('logits'))).toBeLessThan(0.1);
    expect(largestMagnitude(gradient)).toBeGreaterThan(0);
  });
});
