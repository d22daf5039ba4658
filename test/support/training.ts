/** A model small enough to train in a test, and batches of a text that repeats itself. */
import type { Device } from '../../src/contract/index.js';
import { buildModel } from '../../src/models/index.js';
import {
  AdamW,
  type Batch,
  type BatchStream,
  Bf16Weights,
  type DataCursor,
  InitialWeights,
  Trainer,
  type TrainerOptions,
} from '../../src/training/index.js';

export const tinyConfig = {
  model_type: 'jamba',
  vocab_size: 32,
  hidden_size: 32,
  intermediate_size: 24,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  attn_layer_period: 3,
  attn_layer_offset: 1,
  expert_layer_period: 2,
  expert_layer_offset: 1,
  num_experts: 3,
  num_experts_per_tok: 2,
  mamba_d_state: 8,
  mamba_d_conv: 4,
  mamba_expand: 2,
  tie_word_embeddings: true,
};

/** The `model` of a recipe as small: one Mamba and one attention layer. */
export const tinyRecipeModel = {
  model_type: 'jamba',
  hidden_size: 32,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  attn_layer_period: 2,
  attn_layer_offset: 1,
  num_experts: 2,
  mamba_d_state: 4,
  tie_word_embeddings: true,
};

export const plainOptions: TrainerOptions = {
  seed: 3,
  clip: 1,
  dropout: 0,
  recompute: false,
  balance: 0.01,
  activation: 0,
};

export async function tinyTrainer(
  device: Device,
  options: Partial<TrainerOptions> = {},
  seed = 1,
  precision: 'f32' | 'bf16' = 'f32',
) {
  const initial = new InitialWeights(device, { seed });
  const rounded = precision === 'bf16' ? new Bf16Weights(initial) : undefined;
  const model = await buildModel(tinyConfig, 'config.json', rounded ?? initial);
  const optimizer = new AdamW(model.parameters, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 });
  const trainer = new Trainer(model, optimizer, { ...plainOptions, ...options }, rounded);
  const dispose = () => {
    trainer.dispose();
    optimizer.dispose();
    model.dispose();
  };
  return { model, optimizer, trainer, rounded, dispose };
}

/** Segments of the given lengths, of a sequence that a model can learn: each token is the one before plus 5. */
export function batchOf(lengths: readonly number[], first = 0): Batch {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const labels = new Int32Array(total);
  const offsets = [0];
  let at = 0;
  for (const [s, length] of lengths.entries()) {
    for (let t = 0; t < length; t++, at++) {
      ids[at] = (first + 3 * s + 5 * t) % tinyConfig.vocab_size;
      labels[at] = t + 1 < length ? (ids[at]! + 5) % tinyConfig.vocab_size : -100;
    }
    offsets.push(at);
  }
  const countedLabels = total - lengths.length;
  return { ids, labels, lengths, offsets: Int32Array.from(offsets), countedLabels, bytes: countedLabels };
}

/** Batches without end; the n-th begins at n. */
export class CountingStream implements BatchStream {
  constructor(
    private readonly lengths: readonly number[],
    private batches = 0,
  ) {}

  next(): Batch {
    return batchOf(this.lengths, this.batches++);
  }

  get cursor(): DataCursor {
    return { version: 1, fingerprint: 'counting', batches: this.batches, sources: [] };
  }

  seek(cursor: DataCursor): void {
    this.batches = cursor.batches;
  }
}

/** All weights of a model as one list of numbers. */
export async function weightsOf(parameters: ReadonlyMap<string, { read(): Promise<ArrayLike<number>> }>) {
  const values: number[] = [];
  for (const tensor of parameters.values()) values.push(...Array.from(await tensor.read()));
  return values;
}
