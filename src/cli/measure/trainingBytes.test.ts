import { describe, expect, it } from 'vitest';
import type { Device } from '../../contract/index.js';
import { readModelShape } from '../../cost/index.js';
import { PlanningDevice } from '../../devices/index.js';
import { buildModel } from '../../models/index.js';
import { InitialWeights } from '../../training/index.js';
import { CountingDevice } from './countingDevice.js';
import { trainingBytes } from './prediction.js';
import { trainingRun } from './runs.js';

/** Allocates as a step does and computes nothing: losses and norms read as zeros. */
const idleDevice = (): Device =>
  Object.assign(new PlanningDevice(), {
    read: async (_handle: number, _offset: number, length: number) => new Float32Array(length),
  });

const hybrid = {
  model_type: 'jamba',
  vocab_size: 1024,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 8,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_experts: 4,
  num_experts_per_tok: 2,
  expert_layer_period: 2,
  expert_layer_offset: 1,
  attn_layer_period: 8,
  attn_layer_offset: 4,
  tie_word_embeddings: true,
};
const dense = { ...hybrid, num_experts: 1, num_experts_per_tok: 1 };
const shapes = {
  'a hybrid with experts': hybrid,
  'experts in every layer': { ...hybrid, expert_layer_period: 1, expert_layer_offset: 0 },
  'a dense hybrid with a head of its own': { ...dense, tie_word_embeddings: false },
  'a Transformer': { ...dense, attn_layer_period: 1, attn_layer_offset: 0 },
  'Mamba alone': { ...dense, attn_layer_period: 99, attn_layer_offset: 98 },
  'a vocabulary that outweighs the layers': { ...hybrid, vocab_size: 8192, num_hidden_layers: 2, attn_layer_offset: 1 },
};

describe.each(Object.entries(shapes))('the memory of training %s', (_, config) => {
  it.each([
    { checkpointing: 'none', batch: 4, context: 512 },
    { checkpointing: 'full', batch: 4, context: 512 },
    { checkpointing: 'none', batch: 1, context: 2048 },
    { checkpointing: 'full', batch: 1, context: 1024 },
  ] as const)('with checkpointing $checkpointing of $batch × $context tokens is within 5 %', async (sizes) => {
    const device = new CountingDevice(idleDevice());
    const model = await buildModel(config, 'config.json', new InitialWeights(device, { seed: 1 }));
    const run = trainingRun(model, sizes, sizes.checkpointing === 'full');
    const { peakBytes } = await device.counting(() => run.once());
    const ratio = trainingBytes(readModelShape(config).shape, sizes, sizes.checkpointing) / peakBytes;
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
    run.dispose();
    model.dispose();
    device.dispose();
  });
});
