/** Trains an encoder, with a head on it, for a task, and writes both as a folder that Transformers loads. */
import { yieldToEvents } from '#training/host';
import { type DeviceOptions, openDevice } from '../../devices/index.js';
import { JambalayaError } from '../../errors/index.js';
import { openFile, writeFileAtomically, writeFolder, writeSafetensors } from '../../formats/index.js';
import { buildModel, type Model, openModel } from '../../models/index.js';
import { CheckpointWeights } from '../../nn/index.js';
import { AdamW } from '../adamW.js';
import { checkpointTensors } from '../checkpoint.js';
import type { Objective } from '../objective.js';
import { Random } from '../random.js';
import { tokenizerOfFolder } from '../tokenizerFiles.js';
import { Trainer } from '../trainer.js';
import {
  classExamples,
  type Example,
  type ExampleSet,
  labelsOf,
  parseRows,
  spanExamples,
  type TaskKind,
  taskBatch,
} from './examples.js';
import { classifierHead, spanHead, type TaskBatch, type TaskHead } from './heads.js';

export interface FineTuneOptions {
  /** A folder of an encoder, or ORG/NAME from the local hub cache. */
  readonly model: string;
  readonly task: TaskKind;
  /** JSON lines: `{ text, label }`, or `{ question, context, answer, start }`. */
  readonly train: string;
  readonly dev?: string | undefined;
  /** The folder to write; none if only the measure is wanted. */
  readonly out?: string | undefined;
  readonly epochs?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly batch?: number | undefined;
  readonly seed?: number | undefined;
  readonly device?: DeviceOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?:
    | ((done: { readonly step: number; readonly steps: number; readonly loss: number }) => void)
    | undefined;
}

export interface FineTuneSummary {
  readonly steps: number;
  readonly examples: number;
  readonly skipped: number;
  /** Of the last batch, in nats. */
  readonly loss: number;
  readonly labels: readonly string[];
  /** Of the dev rows: the share whose class, or whose span, is right. */
  readonly accuracy?: number;
  readonly devExamples?: number;
}

const warmupShare = 0.1;
const readTextFile = async (path: string) => {
  const source = await openFile(path);
  try {
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
};

/** @throws `usage` for a model that is no encoder or has no tokenizer; `format` for rows that are no examples; `aborted` */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneSummary> {
  const { task, epochs = 3, learningRate = 1e-4, batch = 16, seed = 1, signal, onStep } = options;
  const device = await openDevice({ keepMemory: true, ...options.device });
  const checkpoint = await openModel(options.model);
  try {
    const loaded = await tokenizerOfFolder(checkpoint.folder);
    if (loaded === undefined || checkpoint.config.model_type !== 'bert') {
      const found = loaded === undefined ? 'none' : String(checkpoint.config.model_type);
      throw new JambalayaError('usage', {
        argument: 'model',
        expected: 'a folder of a BERT with its tokenizer',
        found,
      });
    }
    using model = await buildModel(
      checkpoint.config,
      checkpoint.configFile,
      new CheckpointWeights(device, checkpoint, { dtype: 'f32' }),
    );
    const rows = parseRows(await readTextFile(options.train), options.train);
    const labels = task === 'classify' ? labelsOf(rows) : [];
    const most = model.description.maxLength ?? 512;
    const read = (from: ReturnType<typeof parseRows>): ExampleSet =>
      task === 'classify'
        ? classExamples(from, labels, loaded.tokenizer, most)
        : spanExamples(from, loaded.tokenizer, most);
    const { examples, skipped } = read(rows);
    if (examples.length === 0)
      throw new JambalayaError('format', { file: options.train, expected: 'examples', found: 'none' });
    const { hiddenSize } = model.description;
    using head =
      task === 'classify'
        ? await classifierHead(device, hiddenSize, labels.length, seed)
        : await spanHead(device, hiddenSize, seed);
    // The masked head has no part in this, and would get no gradient.
    const parameters = new Map([
      ...[...model.parameters].filter(([name]) => !name.startsWith('cls.')),
      ...head.parameters,
    ]);
    using optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 });
    using trainer = new Trainer(model, optimizer, {
      seed,
      clip: 1,
      dropout: 0.1,
      recompute: false,
      balance: 0,
      activation: 0,
      objective: objectiveOf(head, task),
    });
    const perEpoch = Math.ceil(examples.length / batch);
    const steps = epochs * perEpoch;
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      if (signal?.aborted) throw new JambalayaError('aborted', { what: `fine-tuning at step ${step} of ${steps}` });
      const order = shuffled(examples, new Random(seed, `epoch ${Math.floor(step / perEpoch)}`));
      const from = (step % perEpoch) * batch;
      const rate =
        learningRate * Math.min((step + 1) / (warmupShare * steps), (steps - step) / ((1 - warmupShare) * steps), 1);
      ({ loss } = await trainer.step([taskBatch(order.slice(from, from + batch))], rate));
      onStep?.({ step: step + 1, steps, loss });
      await yieldToEvents();
    }
    const dev =
      options.dev === undefined ? undefined : read(parseRows(await readTextFile(options.dev), options.dev)).examples;
    if (options.out !== undefined)
      await write(options.out, model, head, { ...checkpoint.config, ...labelConfig(labels) }, loaded.companions);
    return {
      steps,
      examples: examples.length,
      skipped,
      loss,
      labels,
      ...(dev === undefined ? {} : { accuracy: await accuracyOf(model, head, dev, batch), devExamples: dev.length }),
    };
  } finally {
    await checkpoint.close();
    device.dispose();
  }
}

function objectiveOf(head: TaskHead, name: string): Objective {
  return {
    name,
    batch: (given) => given,
    pass: (model, batch, segments, options) => head.pass(model, batch as TaskBatch, segments, options),
    measure: async () => Number.NaN,
  };
}

async function accuracyOf(model: Model, head: TaskHead, examples: readonly Example[], batch: number): Promise<number> {
  let right = 0;
  for (let from = 0; from < examples.length; from += batch) {
    const some = taskBatch(examples.slice(from, from + batch));
    const said = await head.predict(model, some);
    right += said.filter((target, i) => target.every((value, part) => value === some.targets[i]![part])).length;
    await yieldToEvents();
  }
  return right / Math.max(1, examples.length);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(random.uniform() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

const labelConfig = (labels: readonly string[]) =>
  labels.length === 0
    ? {}
    : {
        id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
        label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
      };

async function write(
  out: string,
  model: Model,
  head: TaskHead,
  config: Readonly<Record<string, unknown>>,
  companions: ReadonlyMap<string, string>,
): Promise<void> {
  const tensors = new Map([...model.parameters, ...head.parameters]);
  const content = { ...config, architectures: [head.architecture], torch_dtype: 'float32' };
  await writeFolder(out, async (folder) => {
    await writeSafetensors(`${folder}/model.safetensors`, checkpointTensors(new Map([['', tensors]])), {
      format: 'pt',
    });
    await writeFileAtomically(`${folder}/config.json`, `${JSON.stringify(content, null, 2)}\n`);
    for (const [name, text] of companions) await writeFileAtomically(`${folder}/${name}`, text);
  });
}
