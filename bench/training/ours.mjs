/** Our side: steps of the trainer on a device of their own. */
import { openDevice, Profile } from 'jambalaya';
import { eagerKeptBytes, trainingMemory } from 'jambalaya/cost';
import { buildModel } from 'jambalaya/models';
import { nextTokenLabels } from 'jambalaya/nn';
import { AdamW, Bf16Weights, InitialWeights, Trainer } from 'jambalaya/train';
import { config, shape, someIds } from './model.mjs';

/** A trainer of the model with random weights; `close` frees everything. */
export async function openTraining({ precision, threads, context, sequences, recompute = false }) {
  const device = await openDevice({ name: 'native', threads, keepMemory: true });
  const masters = new InitialWeights(device, { seed: 1 });
  const rounded = precision === 'bf16' ? new Bf16Weights(masters) : undefined;
  const model = await buildModel(config, 'bench', rounded ?? masters);
  const optimizer = new AdamW(model.parameters, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 });
  const options = { seed: 1, clip: 1, dropout: 0, recompute, balance: 0.001, activation: 0 };
  const trainer = new Trainer(model, optimizer, options, rounded);
  const lengths = Array.from({ length: sequences }, () => context);
  let count = 0;
  const batch = () => {
    const ids = someIds(context * sequences, ++count);
    const labels = nextTokenLabels(ids, lengths);
    const offsets = Int32Array.from({ length: sequences + 1 }, (_, i) => i * context);
    return { ids, labels, lengths, offsets, countedLabels: labels.filter((label) => label >= 0).length, bytes: 0 };
  };
  return {
    device,
    /** Seconds of one step, and its loss. */
    async step() {
      const one = batch();
      const started = performance.now();
      const { loss } = await trainer.step([one], 1e-4);
      return { seconds: (performance.now() - started) / 1000, loss };
    },
    close() {
      optimizer.dispose();
      model.dispose();
      device.dispose();
    },
  };
}

/** Where a step goes, op by op: milliseconds on the wall, and shares of it. */
export async function profileStep(training) {
  const profile = new Profile(training.device);
  profile.begin('step');
  await training.step();
  profile.end();
  const [{ milliseconds }] = profile.wallMilliseconds;
  const byOp = new Map();
  for (const row of profile.table()) {
    const op = row.op.split(' ')[0];
    byOp.set(op, (byOp.get(op) ?? 0) + row.milliseconds);
  }
  const shares = [...byOp].sort((a, b) => b[1] - a[1]).map(([op, time]) => [op, time / milliseconds]);
  const isRecurrent = ([op]) => op.startsWith('selectiveScan') || op.startsWith('conv1d');
  return {
    milliseconds,
    scanAndConvolution: shares.filter(isRecurrent).reduce((sum, [, share]) => sum + share, 0),
    shares: Object.fromEntries(shares),
  };
}

/** The closed form of an f32 step of `sequences` × `context` tokens. */
export function predictedBytes(context, sequences, recompute) {
  const memory = trainingMemory(shape, {
    context,
    microBatch: sequences,
    layout: { tensor: 1, pipeline: 1, expert: 1, data: 1 },
    zero: 0,
    checkpointing: recompute ? 'full' : 'none',
    precision: 'f32',
  });
  return Object.values(memory).reduce((sum, bytes) => sum + bytes, eagerKeptBytes(shape));
}

/** The most that the allocator gave out during two steps, on a device of their own. */
export async function measureMemory({ precision, threads, context, sequences, recompute }) {
  const training = await openTraining({ precision, threads, context, sequences, recompute });
  try {
    const steps = [await training.step(), await training.step()];
    const { peakBytes, peakHeldBytes } = training.device.memory;
    const predicted = precision === 'f32' ? predictedBytes(context, sequences, recompute) : undefined;
    return {
      precision,
      context,
      sequences,
      activationCheckpointing: recompute,
      peakBytes,
      peakHeldBytes,
      ...(predicted === undefined
        ? {}
        : { predictedBytes: predicted, predictedOverMeasured: predicted / peakBytes - 1 }),
      tokensPerSecond: (context * sequences) / steps[1].seconds,
      losses: steps.map(({ loss }) => loss),
    };
  } finally {
    training.close();
  }
}
