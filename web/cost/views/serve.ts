/** `cost serve`: does it fit, for how many, how fast at most, for how much. */
import {
  defaultContext,
  type ExpertExecution,
  expertExecutions,
  fittingMachines,
  type Parallelism,
  planServing,
  type ServingOptions,
  servingAssumptions,
} from '../../../src/cost/index.js';
import { bytes, count, dollars, percent, range, seconds, short, tokens } from '../format.js';
import type { Options, Subject } from '../report.js';
import type { Answer, Control, Values, View } from '../view.js';
import {
  contextControl,
  contextsUpTo,
  countControl,
  hardwareControl,
  hardwareOf,
  hardwareSource,
  kvDTypeControl,
  kvDTypeOf,
  longestContext,
  priceControl,
  weightsControl,
  weightsOf,
} from './shared.js';

const limitNames = {
  bandwidth: 'reading memory',
  flops: 'computing',
  interconnect: 'sending between devices',
} as const;

export function serveView(subject: Subject): View {
  const { models, options: given, notes, hardware: table, hardwareDate } = subject;
  const { shape } = models[0]!;
  const longest = longestContext(shape, 2 ** 22);
  const controls: Control[] = [
    hardwareControl(subject),
    countControl(given),
    contextControl(
      longest,
      given.number('context') ?? defaultContext(shape),
      'How many tokens each text has, question and answer together. A page is some 600.',
    ),
    weightsControl(given),
    kvDTypeControl(given),
    {
      kind: 'number',
      id: 'prefillChunk',
      advanced: true,
      label: 'Prompt read in pieces of',
      help: 'Short pieces need less work space; 0 reads the whole prompt at once.',
      unit: 'tokens',
      min: 0,
      max: 65_536,
      whole: true,
      value: given.number('prefillChunk') ?? 0,
    },
    {
      kind: 'choice',
      id: 'experts',
      advanced: true,
      label: 'Experts work on a prompt',
      help: 'All at once is quicker; one after the other needs less work space.',
      options: expertExecutions.map((how) => ({ value: how, label: how === 'grouped' ? 'all at once' : 'one by one' })),
      value: given.text('experts') ?? 'one-by-one',
    },
    {
      kind: 'number',
      id: 'usable',
      advanced: true,
      label: 'Usable memory',
      help: 'The part of a device’s memory that a server takes; the rest is for drivers and fragments.',
      min: 0.5,
      max: 1,
      value: given.number('usable') ?? servingAssumptions.usable,
    },
    {
      kind: 'range',
      id: 'efficiency',
      advanced: true,
      label: 'Reached part of the bound',
      help: 'What a good server gets of the speed that its devices allow at most.',
      value: given.range('efficiency') ?? servingAssumptions.efficiency,
      min: 0.05,
      max: 1,
    },
    priceControl(subject),
  ];
  const optionsOf = (values: Values): ServingOptions => ({
    hardware: hardwareOf(values, subject),
    count: values.number('count'),
    context: values.number('context'),
    weights: weightsOf(values),
    kvDType: kvDTypeOf(values),
    usable: values.number('usable'),
    efficiency: values.range('efficiency'),
    dollarsPerHour: values.range('dollarsPerHour'),
    experts: values.text('experts') as ExpertExecution,
    ...(values.number('prefillChunk') === 0 ? {} : { prefillChunk: values.number('prefillChunk') }),
    ...layoutOf(given, values.number('count')),
  });
  const compute = (values: Values): Answer => {
    const options = optionsOf(values);
    const plan = planServing(shape, options);
    const contexts = contextsUpTo(Math.min(longest, Math.max(2 ** 18, plan.context)));
    const along = contexts.map((context) => planServing(shape, { ...options, context }));
    const most = (practical: number | null, naive: number | null, format: (value: number) => string) => ({
      value: practical === null ? 'no limit' : format(practical),
      note: naive === null ? 'memory does not bound it' : `${format(naive)} in all of the memory, without work space`,
    });
    const { perDevice } = plan;
    const devices = `${plan.count} × ${options.hardware.name}`;
    return {
      headline: plan.fits
        ? `It fits on ${devices}, with ${plan.maxConcurrency === null ? 'any number of' : count(plan.maxConcurrency)} ${plan.maxConcurrency === 1 ? 'text' : 'texts'} of ${tokens(plan.context)} tokens at a time.`
        : `It does not fit on ${devices} at ${tokens(plan.context)} tokens.`,
      figures: [
        {
          id: 'fits',
          label: 'Fits',
          value: plan.fits ? 'yes' : 'no',
          note: `${bytes(plan.perDeviceBytes)} of ${bytes(plan.usableBytesPerDevice)} usable on a device`,
        },
        {
          id: 'maxContext',
          label: 'Longest text',
          ...most(plan.maxContext, plan.naiveMaxContext, (value) => `${count(value)} tokens`),
        },
        {
          id: 'maxConcurrency',
          label: 'Texts at a time',
          ...most(plan.maxConcurrency, plan.naiveMaxConcurrency, count),
        },
        {
          id: 'tokensPerSecond',
          label: 'Tokens per second, at most',
          value: short(plan.tokensPerSecondBound),
          note:
            plan.atMaxConcurrency === null
              ? 'nothing fits'
              : `of all texts together; bounded by ${limitNames[plan.atMaxConcurrency.limit]}`,
        },
        { id: 'alone', label: 'For one text alone, at most', value: `${short(plan.alone.tokensPerSecond)} tokens/s` },
        {
          id: 'prompt',
          label: 'Until the first token, at least',
          value: seconds(plan.promptSecondsBound),
          note: `after a prompt of ${tokens(plan.context)} tokens`,
        },
        {
          id: 'dollarsPerMillionTokens',
          label: 'For a million tokens written',
          value: plan.dollarsPerMillionTokens === null ? '–' : range(plan.dollarsPerMillionTokens, dollars),
          note: 'with as many texts at a time as fit',
        },
      ],
      plots: [
        {
          title: 'Memory of a device over context, for one text',
          note: 'Work space is what reading the prompt takes for a moment.',
          x: { label: 'Context (tokens)', values: contexts, base: 2 },
          y: { label: 'Memory (GB)' },
          series: [
            { label: 'Needed', values: along.map((one) => one.perDeviceBytes / 1e9) },
            { label: 'Usable', values: along.map((one) => one.usableBytesPerDevice / 1e9) },
            { label: 'Weights alone', values: along.map((one) => one.perDevice.weightsBytes / 1e9) },
          ],
          formatX: tokens,
          formatY: short,
        },
        {
          title: 'Price of a million tokens over context',
          note: 'Longer texts leave room for fewer at a time, so that each pays for more of the device.',
          x: { label: 'Context (tokens)', values: contexts, base: 2 },
          y: { label: 'Dollars per million', logarithmic: true },
          series: (['low', 'high'] as const).map((end) => ({
            label: end === 'low' ? 'At least' : 'At most',
            values: along.map((one) => one.dollarsPerMillionTokens?.[end] ?? null),
          })),
          formatX: tokens,
          formatY: (value) => `$${Number(value.toPrecision(2))}`,
        },
      ],
      tables: [
        {
          title: 'What the fullest device holds',
          head: ['What', 'Bytes', 'Of the usable'],
          rows: [
            ['Weights', perDevice.weightsBytes] as const,
            ['KV cache of one text', perDevice.kvCacheBytes] as const,
            ['Mamba state of one text', perDevice.stateBytes] as const,
            ['Work space', perDevice.workspaceBytes] as const,
          ].map(([what, size]) => [what, bytes(size), percent(size / plan.usableBytesPerDevice)]),
        },
        {
          title: 'Where the same fits',
          note: 'Of every device in the table the fewest of 1, 2, 4 and 8; the cheapest first.',
          head: ['Device', 'Devices', 'Dollars per hour'],
          rows: fittingMachines(shape, table, machineOptions(options)).map((machine) => [
            table.find(({ id }) => id === machine.hardware)?.name ?? machine.hardware,
            String(machine.count),
            range(machine.dollarsPerHour, dollars),
          ]),
        },
        hardwareSource(options.hardware, hardwareDate),
      ],
      warnings: notes,
    };
  };
  return { title: 'Serving', controls, compute };
}

/** The layout that was given, as long as it is about so many devices; otherwise the library's own choice. */
function layoutOf(given: Options, count: number): { layout?: Partial<Parallelism> } {
  const entries = [
    ['tensor', given.number('tensorParallel')],
    ['pipeline', given.number('pipelineParallel')],
    ['expert', given.number('expertParallel')],
  ].filter(([, value]) => value !== undefined);
  if (entries.length === 0 || count !== (given.number('count') ?? 1)) return {};
  return { layout: Object.fromEntries(entries) as Partial<Parallelism> };
}

/** Everything but what is about one machine. */
function machineOptions(options: ServingOptions): Omit<ServingOptions, 'hardware' | 'count' | 'layout'> {
  const { hardware: _, count: __, layout: ___, ...load } = options;
  return load;
}
