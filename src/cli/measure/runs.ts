/** What is measured: training steps, prompts read at once, and tokens made one by one, on one device. */
import { DecodeBatch } from '../../generation/index.js';
import type { Model } from '../../models/index.js';
import { nextTokenLabels, Segments, StatePool } from '../../nn/index.js';
import { scope } from '../../tensor/index.js';
import { AdamW, Trainer } from '../../training/index.js';
import type { CountingDevice } from './countingDevice.js';

export interface RunSizes {
  readonly batch: number;
  /** Tokens of a sequence in training, and of the prompt. */
  readonly context: number;
}

/** Something that can be done again and again. */
export interface Run {
  once(): Promise<void>;
  dispose(): void;
}

/** Token ids that no model has learned anything about. */
const someIds = (count: number, vocabularySize: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (i * 7919 + 13) % vocabularySize);

/**
 * Steps of the trainer over one batch: forward, loss, gradients of every parameter, their norm, AdamW. With `recompute`, layers
 * are run again for their gradients (activation checkpointing).
 */
export function trainingRun(model: Model, { batch, context }: RunSizes, recompute = false): Run {
  const lengths = Array.from({ length: batch }, () => context);
  const ids = someIds(batch * context, model.description.vocabularySize);
  const labels = nextTokenLabels(ids, lengths);
  const one = {
    ids,
    labels,
    lengths,
    offsets: Int32Array.from({ length: batch + 1 }, (_, i) => i * context),
    countedLabels: labels.filter((label) => label >= 0).length,
    bytes: ids.length,
  };
  const optimizer = new AdamW(model.parameters, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 });
  const options = { seed: 1, clip: 1, dropout: 0, recompute, balance: 0.001, activation: 0 };
  const trainer = new Trainer(model, optimizer, options);
  return {
    once: async () => {
      await trainer.step([one], 1e-5);
    },
    dispose: () => {
      trainer.dispose();
      optimizer.dispose();
    },
  };
}

/** `batch` prompts of `context` tokens in one forward pass, with the logits of each last token. */
export function promptRun(model: Model, device: CountingDevice, { batch, context }: RunSizes): Run {
  const ids = someIds(batch * context, model.description.vocabularySize);
  const lengths = Array.from({ length: batch }, () => context);
  return {
    once: async () => {
      using pool = new StatePool(device, model.stateLayouts);
      const states = lengths.map(() => pool.create());
      using logits = scope(() => {
        const segments = new Segments(device, lengths, states);
        return model.forward({ segments, ids }, { logits: 'last' }).logits!;
      });
      await logits.read();
    },
    dispose: () => {},
  };
}

/** Tokens after prompts of `context`, a step of all sequences at a time; the first is that at position `context + 1`. */
export async function decodeRun(
  model: Model,
  device: CountingDevice,
  { batch, context }: RunSizes,
  mostTokens: number,
): Promise<Run> {
  const pool = new StatePool(device, model.stateLayouts);
  const decoding = new DecodeBatch(model, { maxRows: batch * context });
  const prompt = [...someIds(context, model.description.vocabularySize)];
  const options = { maxTokens: mostTokens + 1, temperature: 0 };
  for (let i = 0; i < batch; i++) decoding.add({ state: pool.create(), prompt, options });
  await decoding.step();
  return {
    once: async () => {
      await decoding.step();
    },
    dispose: () => {
      decoding.dispose();
      pool.dispose();
    },
  };
}
