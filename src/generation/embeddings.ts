/**
 * Vectors of texts: the hidden states of a sequence pooled into one. Sequences are sorted by length and go through the model in ragged
 * batches, flat rows without padding; a sequence's vector does not depend on what goes through beside it.
 */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { Segments } from '../nn/index.js';
import { scope } from '../tensor/index.js';

/** Of the hidden states of a sequence: their mean, the first one, the last one, or the largest of each element. */
export type Pooling = 'mean' | 'cls' | 'last' | 'max';

export const poolings: readonly Pooling[] = ['mean', 'cls', 'last', 'max'];

export interface EmbeddingOptions {
  readonly pooling: Pooling;
  /** Scales vectors to length 1. */
  readonly unitLength: boolean;
  /** Rows of a batch, about; what a core's cache and a thread pool like. */
  readonly rowsPerPass?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Polled between passes. */
  readonly aborted?: (() => boolean) | undefined;
}

const usualRows = 1024;

/**
 * One vector (D) for each sequence of ids, in their order.
 *
 * @throws `usage` for a sequence without ids, `limit` for one longer than the model takes, `aborted`
 */
export async function embedSequences(
  model: Model,
  sequences: readonly (readonly number[])[],
  { pooling, unitLength, rowsPerPass = usualRows, onProgress, aborted }: EmbeddingOptions,
): Promise<Float32Array[]> {
  const empty = sequences.findIndex((ids) => ids.length === 0);
  if (empty >= 0) {
    throw new JambalayaError('usage', { argument: `text ${empty}`, expected: 'at least one token', found: 'none' });
  }
  const vectors = new Array<Float32Array>(sequences.length);
  let done = 0;
  for (const batch of batchesByLength(sequences, rowsPerPass)) {
    if (aborted?.()) throw new JambalayaError('aborted', { what: 'embedding texts' });
    const { hidden, size } = await hiddenStates(
      model,
      batch.map((index) => sequences[index]!),
    );
    let row = 0;
    for (const index of batch) {
      const { length } = sequences[index]!;
      const vector = pooled(hidden.subarray(row * size, (row + length) * size), size, pooling);
      vectors[index] = unitLength ? scaledToUnit(vector) : vector;
      row += length;
    }
    done += batch.length;
    onProgress?.(done, sequences.length);
  }
  return vectors;
}

/** Indices of the sequences, longest first, in batches of so many rows; one that is longer alone. */
function batchesByLength(sequences: readonly (readonly number[])[], rows: number): number[][] {
  const order = [...sequences.keys()].sort((a, b) => sequences[b]!.length - sequences[a]!.length || a - b);
  const batches: number[][] = [];
  let room = 0;
  for (const index of order) {
    const { length } = sequences[index]!;
    if (length > room) {
      batches.push([]);
      room = Math.max(rows, length);
    }
    batches.at(-1)!.push(index);
    room -= length;
  }
  return batches;
}

async function hiddenStates(model: Model, batch: readonly (readonly number[])[]) {
  using output = scope(() => {
    const segments = new Segments(
      model.device,
      batch.map((ids) => ids.length),
    );
    return model.forward({ segments, ids: batch.flat() }, { logits: 'none' }).output;
  });
  return { hidden: Float32Array.from(await output.read()), size: model.description.hiddenSize };
}

/** Rows (T, D) as one. Sums are in float64. */
function pooled(rows: Float32Array, size: number, pooling: Pooling): Float32Array {
  const count = rows.length / size;
  if (pooling === 'cls') return rows.slice(0, size);
  if (pooling === 'last') return rows.slice((count - 1) * size);
  const sums = Float64Array.from(rows.subarray(0, size));
  for (let at = size; at < rows.length; at += size) {
    for (let i = 0; i < size; i++) {
      const value = rows[at + i]!;
      sums[i] = pooling === 'max' ? Math.max(sums[i]!, value) : sums[i]! + value;
    }
  }
  return pooling === 'max' ? Float32Array.from(sums) : Float32Array.from(sums, (sum) => sum / count);
}

/** A vector of zeros stays one. */
function scaledToUnit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
