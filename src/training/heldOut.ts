/** How well a model predicts text that it is not trained on. */
import type { Model } from '../models/index.js';
import { Segments } from '../nn/index.js';
import { crossEntropy, scope, sumAll, Tensor } from '../tensor/index.js';
import type { Batch } from './data/batch.js';

/** Bits per byte of the labels of `batches` that count. */
export async function heldOutBitsPerByte(model: Model, batches: readonly Batch[]): Promise<number> {
  let nats = 0;
  let bytes = 0;
  for (const { ids, labels, lengths, bytes: size } of batches) {
    const sum = scope(() => {
      const segments = new Segments(model.device, lengths);
      const { logits } = model.forward({ ids, segments });
      return sumAll(crossEntropy(logits!, Tensor.from(model.device, [labels.length], labels)));
    });
    nats += (await sum.read())[0]!;
    bytes += size;
    sum.dispose();
  }
  return nats / Math.LN2 / bytes;
}
