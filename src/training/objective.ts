/** What training asks of a model: what a batch becomes, what is lost on it, and how well held-out batches go, as one value. */
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { ignoredLabel, Segments } from '../nn/index.js';
import { crossEntropy, scope, sumAll, Tensor } from '../tensor/index.js';
import type { Batch } from './data/batch.js';
import type { Random } from './random.js';

export interface ObjectivePass {
  /** A scalar: the losses in nats of all labels that count, added. */
  readonly loss: Tensor;
  readonly output: ForwardOutput;
}

/**
 * One objective serves every pass of a run. It is told nothing of steps, optimizers or checkpoints; what it needs beside the
 * model (an adapter, say) it brings along.
 */
export interface Objective {
  /** As logs and checkpoints call it. */
  readonly name: string;
  /** What a pass trains on, of what the data give; `random` is this batch's alone, and the same when a run is continued. */
  batch(given: Batch, random: Random): Batch;
  /** A forward pass and its loss, within the caller's scope and under their tape. */
  pass(model: Model, batch: Batch, segments: Segments, options: ForwardOptions): ObjectivePass;
  /** Of held-out batches: the smaller the better. */
  measure(model: Model, batches: readonly Batch[]): Promise<number>;
}

/** Each row predicts the token after it; measured in bits per byte of the labels that count. */
export const causal: Objective = {
  name: 'causal',
  batch: (given) => given,
  pass(model, batch, segments, options) {
    const rows = countedRows(batch);
    const output = model.forward({ ids: batch.ids, segments }, { ...options, logits: rows });
    return { loss: sumOfLosses(output.logits!, batch, rows), output };
  },
  measure: (model, batches) => bitsPerByte(causal, model, batches),
};

/** The rows whose labels count; `all` where few do not, as a product of all rows is then as cheap as picking them. */
export function countedRows({ labels, countedLabels }: Batch): readonly number[] | 'all' {
  if (2 * countedLabels > labels.length) return 'all';
  return Array.from(labels.keys()).filter((row) => labels[row] !== ignoredLabel);
}

/** Cross-entropy in nats of `logits`, those of `rows`, against the batch's labels: a scalar, added over what counts. */
export function sumOfLosses(logits: Tensor, { labels }: Batch, rows: readonly number[] | 'all'): Tensor {
  const wanted = rows === 'all' ? labels : Int32Array.from(rows, (row) => labels[row]!);
  return sumAll(crossEntropy(logits, Tensor.from(logits.device, [wanted.length], wanted)));
}

/** The mean loss of an objective over the bytes of the labels that count, in bits. */
export async function bitsPerByte(objective: Objective, model: Model, batches: readonly Batch[]): Promise<number> {
  let nats = 0;
  let bytes = 0;
  for (const batch of batches) {
    using sum = scope(() => objective.pass(model, batch, new Segments(model.device, batch.lengths), {}).loss);
    nats += (await sum.read())[0]!;
    bytes += batch.bytes;
  }
  return nats / Math.LN2 / bytes;
}
