/** The golden BERT: hidden states, logits, loss and gradients, on every device. */
import { describe, expect, it } from 'vitest';
import { withoutPadding } from '../../src/models/index.js';
import { meanCrossEntropy, Segments } from '../../src/nn/index.js';
import { scope, Tape } from '../../src/tensor/index.js';
import { devices, goldenFile, largestDifference, largestMagnitude, loadSet, read } from './support.js';

describe.each(devices)('$title', ({ open }) => {
  it('hidden states, logits, loss, gradients', async () => {
    const device = await open();
    const model = await loadSet('bert-tiny', device, { dtype: 'f32' });
    const golden = await goldenFile('bert-tiny');
    const grads = await goldenFile('bert-tiny', 'grads.safetensors');
    const [batch, length] = golden.shape('input_ids') as [number, number];
    const [ids, types, labels, mask] = await Promise.all(
      ['input_ids', 'token_type_ids', 'labels', 'attention_mask'].map((name) => golden.integers(name)),
    );
    const { lengths, rows } = withoutPadding(mask!, batch, length);
    const pick = (values: Int32Array) => Int32Array.from(rows, (row) => values[row]!);
    const names = [...model.parameters.keys()];
    const parameters = [...model.parameters.values()];
    for (const parameter of parameters) parameter.requiresGrad = true;

    using tape = new Tape();
    const { loss, logits, hidden } = tape.run(() =>
      scope(() => {
        const input = { ids: pick(ids!), tokenTypes: pick(types!), segments: new Segments(device, lengths) };
        const output = model.forward(input, { hidden: true });
        return { ...output, loss: meanCrossEntropy(output.logits!, pick(labels!)) };
      }),
    );
    const gradients = tape.gradients(loss, parameters);

    const keptRows = (values: Float32Array) => {
      const width = values.length / (batch * length);
      return Float32Array.from(
        { length: rows.length * width },
        (_, i) => values[rows[Math.floor(i / width)]! * width + (i % width)]!,
      );
    };
    for (const [i, tensor] of hidden.entries()) {
      expect(
        largestDifference(await read(tensor), keptRows(await golden.floats(`hidden.${i}`))),
        `hidden.${i}`,
      ).toBeLessThan(1e-4);
    }
    expect(largestDifference(await read(logits!), keptRows(await golden.floats('logits')))).toBeLessThan(1e-4);
    expect(largestDifference(await read(loss), await golden.floats('loss'))).toBeLessThan(1e-4);
    for (const [i, name] of names.entries()) {
      const expected = await grads.floats(name);
      const distance = largestDifference(await read(gradients[i]!), expected);
      // A key's bias shifts all scores of a query alike: its true gradient is zero, what is written is rounding noise.
      expect(distance / Math.max(largestMagnitude(expected), 1e-3), name).toBeLessThan(1e-4);
    }
    for (const tensor of [loss, logits!, ...hidden, ...gradients]) tensor.dispose();
    tape.dispose();
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });
});
