/** `cost train`: FLOPs, memory, time, money, energy, and what drives them. */
import {
  countFlops,
  type Elasticities,
  type FlopsPart,
  flopsParts,
  planTraining,
  type TrainingOptions,
  type TrainingPrecision,
  totalFlops,
  wholeSequence,
  type ZeroStage,
} from '../../../src/cost/index.js';
import { bytes, count, dollars, flops, percent, range, seconds, short } from '../format.js';
import type { Subject } from '../report.js';
import type { Answer, Values, View } from '../view.js';
import { around, hardwareOf, hardwareSource } from './shared.js';
import { trainControls } from './trainControls.js';

export function trainView(subject: Subject): View {
  const { models, options: given, notes, hardwareDate } = subject;
  const { shape } = models[0]!;
  const network = given.number('network');
  const controls = trainControls(subject);
  const optionsOf = (values: Values): TrainingOptions => ({
    hardware: hardwareOf(values, subject),
    count: values.number('count'),
    tokens: 1e9 * values.number('billionTokens'),
    context: values.number('context'),
    batchTokens: values.number('batchTokens'),
    microBatch: values.number('microBatch'),
    layout: {
      tensor: values.number('tensor'),
      pipeline: values.number('pipeline'),
      expert: values.number('expert'),
    },
    zero: Number(values.text('zero')) as ZeroStage,
    checkpointing: values.text('checkpointing') === 'full' ? 'full' : 'none',
    precision: values.text('precision') as TrainingPrecision,
    utilisation: values.range('utilisation'),
    restarts: values.range('restarts'),
    dollarsPerHour: values.range('dollarsPerHour'),
    overhead: values.range('overhead'),
    load: values.range('load'),
    carbonKilogramsPerKilowattHour: values.range('carbon'),
    runs: values.number('runs'),
    configurations: values.number('configurations'),
    ...(network === undefined ? {} : { networkBytesPerSecond: network }),
  });
  const compute = (values: Values): Answer => {
    const options = optionsOf(values);
    const plan = planTraining(shape, options);
    const volumes = around(plan.tokens, 5);
    const along = volumes.map((tokens) => planTraining(shape, { ...options, tokens }));
    const byPart = countFlops(shape, wholeSequence(shape, plan.context));
    const sum = totalFlops(byPart);
    const { perDevice } = plan;
    return {
      headline: `Training on ${count(plan.tokens)} tokens takes ${range(plan.dollars, dollars)} and ${range(plan.seconds, seconds)} on ${count(plan.count)} × ${options.hardware.name}.`,
      figures: [
        { id: 'dollars', label: 'Money, one run', value: range(plan.dollars, dollars) },
        {
          id: 'fullyLoaded',
          label: `Money, ${plan.fullyLoaded.factor} runs`,
          value: range(plan.fullyLoaded.dollars, dollars),
          note: `${plan.fullyLoaded.configurations} configurations × ${plan.fullyLoaded.runs} runs`,
        },
        {
          id: 'seconds',
          label: 'Time of one run',
          value: range(plan.seconds, seconds),
          note: plan.limit === 'flops' ? 'set by computing' : 'set by the links between devices',
        },
        {
          id: 'flops',
          label: 'FLOPs',
          value: flops(plan.flops),
          note: `${flops(plan.hardwareFlops)} with what is computed twice`,
        },
        {
          id: 'fits',
          label: 'Fits',
          value: plan.fits ? 'yes' : 'no',
          note: `${bytes(plan.perDeviceBytes)} of ${bytes(plan.usableBytesPerDevice)} usable on a device`,
        },
        { id: 'energy', label: 'Energy', value: `${range(plan.energyKilowattHours, short)} kWh` },
        { id: 'carbon', label: 'Carbon dioxide', value: `${range(plan.carbonKilograms, short)} kg` },
        {
          id: 'parameters',
          label: 'Parameters',
          value: count(plan.parameters.total),
          note: `${count(plan.parameters.active)} active per token`,
        },
      ],
      plots: [
        {
          title: 'Money over training volume',
          note: 'One run, with low and high prices, utilisation and restarts.',
          x: { label: 'Tokens (billion)', values: volumes.map((tokens) => tokens / 1e9), base: 10 },
          y: { label: 'Dollars', logarithmic: true },
          series: [
            { label: 'At least', values: along.map((one) => one.dollars.low) },
            { label: 'At most', values: along.map((one) => one.dollars.high) },
          ],
          formatX: short,
          formatY: dollars,
        },
      ],
      tables: [
        {
          title: 'What one per cent more of each costs',
          note: 'In per cent of the money. 1: cost grows in proportion; 0: it does not change.',
          head: ['Driver', 'Per cent'],
          rows: Object.entries(driverNames).map(([driver, name]) => [
            name,
            String(Number(plan.elasticities[driver as keyof Elasticities].toFixed(3))),
          ]),
        },
        {
          title: 'Where the FLOPs go',
          note: `Of forward and backward at ${plan.context.toLocaleString('en')} tokens a text. The rule of thumb 6 × active parameters × tokens says ${flops(plan.sixActiveParametersTokens)}: ${percent(plan.sixActiveParametersTokens / plan.flops)} of this.`,
          head: ['Part', 'Share'],
          rows: flopsParts
            .filter((part) => byPart[part].forward > 0)
            .map((part) => [
              flopsNames[part],
              percent((byPart[part].forward + byPart[part].backward) / (sum.forward + sum.backward)),
            ]),
        },
        {
          title: 'What one device holds',
          head: ['What', 'Bytes'],
          rows: [
            ['Weights', bytes(perDevice.weightsBytes)],
            ['Gradients', bytes(perDevice.gradientsBytes)],
            ['Optimizer', bytes(perDevice.optimizerBytes)],
            ['Activations', bytes(perDevice.activationsBytes)],
            ['Work space', bytes(perDevice.workspaceBytes)],
          ],
        },
        hardwareSource(options.hardware, hardwareDate),
      ],
      warnings: [
        ...(plan.fits
          ? []
          : ['It does not fit: take more devices, more tensor or pipeline parallelism, or smaller micro-batches.']),
        ...notes,
      ],
    };
  };
  return { title: 'Training', controls, compute };
}

const driverNames: Readonly<Partial<Record<keyof Elasticities, string>>> = {
  tokens: 'Tokens',
  sequenceLength: 'Length of a text, at the same number of tokens',
  sequenceLengthAtSameSteps: 'Length of a text, at the same number of steps',
  steps: 'Steps',
  batchSize: 'Batch size',
  parameters: 'Parameters, by a wider model',
  width: 'Width, with everything in proportion',
  layers: 'Layers',
  intermediateSize: 'Inner size of feed-forwards',
  expertsPerToken: 'Experts per token',
  experts: 'Experts',
  vocabularySize: 'Vocabulary',
  utilisation: 'Utilisation',
  dollarsPerHour: 'Price per hour',
  runs: 'Runs',
  configurations: 'Configurations',
};

const flopsNames: Readonly<Record<FlopsPart, string>> = {
  attentionProjections: 'Attention: projections',
  attentionScores: 'Attention: every token with every other',
  mambaProjections: 'Mamba: projections',
  convolution: 'Mamba: convolution',
  scan: 'Mamba: scan',
  router: 'Routers',
  experts: 'Experts',
  denseMlp: 'Dense feed-forwards',
  head: 'Head',
};
