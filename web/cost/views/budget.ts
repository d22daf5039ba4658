/** `cost budget`: what a sum of money trains, and what fits in a memory. */
import {
  contextsForBytes,
  defaultContext,
  parametersForBytes,
  parametersForDollars,
  peakFor,
  planTraining,
  tokensForDollars,
} from '../../../src/cost/index.js';
import { bytes, count, dollars, range, seconds, short } from '../format.js';
import type { Subject } from '../report.js';
import type { Answer, Control, Figure, Table, Values, View } from '../view.js';
import {
  around,
  contextControl,
  hardwareControl,
  hardwareOf,
  hardwareSource,
  kvDTypeControl,
  kvDTypeOf,
  longestContext,
  priceControl,
  utilisationControl,
} from './shared.js';

export function budgetView(subject: Subject): View {
  const { models, options, notes, hardwareDate } = subject;
  const model = models[0];
  const number = (
    id: string,
    label: string,
    help: string,
    unit: string,
    min: number,
    max: number,
    value: number,
  ): Control => ({
    kind: 'number',
    id,
    label,
    help,
    unit,
    min,
    max,
    logarithmic: true,
    value,
  });
  const controls: Control[] = [
    number('dollars', 'Money', 'For one training run.', 'dollars', 10, 1e9, options.number('dollars') ?? 5000),
    number(
      'memory',
      'Memory',
      'Of the one device that the model is to run on.',
      'GB',
      1,
      1000,
      (options.number('memory') ?? 24e9) / 1e9,
    ),
    hardwareControl(subject),
    {
      ...number('count', 'Devices', 'How many train together.', 'devices', 1, 32_768, options.number('count') ?? 1),
      whole: true,
    } as Control,
    utilisationControl(options),
    priceControl(subject),
    number(
      'tokensPerParameter',
      'Tokens a parameter',
      'How much text a dense model reads for each of its parameters: 20 is best for the money (Hoffmann and others, 2022).',
      'tokens',
      1,
      10_000,
      options.number('tokensPerParameter') ?? 20,
    ),
    ...(model === undefined
      ? []
      : [
          contextControl(
            longestContext(model.shape, 2 ** 20),
            options.number('context') ?? defaultContext(model.shape),
            'How many tokens each training text has.',
          ),
          kvDTypeControl(options),
        ]),
  ];

  const compute = (values: Values): Answer => {
    const hardware = hardwareOf(values, subject);
    const [money, memory] = [values.number('dollars'), values.number('memory') * 1e9];
    const [utilisation, dollarsPerHour] = [values.range('utilisation'), values.range('dollarsPerHour')];
    const { flopsPerSecond } = peakFor(hardware, 'bf16');
    const tokensPerParameter = values.number('tokensPerParameter');
    const dense = (sum: number) =>
      parametersForDollars(sum, { flopsPerSecond, utilisation, dollarsPerHour, tokensPerParameter });
    const bought = dense(money);
    const sums = around(money, 5);
    const along = sums.map(dense);
    const figures: Figure[] = [
      {
        id: 'parameters',
        label: 'Dense model that the money trains',
        value: `${range(bought.parameters, count)} parameters`,
        note: `on ${range(bought.tokens, count)} tokens`,
      },
    ];
    const tables: Table[] = [];
    if (model !== undefined) {
      const training = {
        hardware,
        count: values.number('count'),
        utilisation,
        dollarsPerHour,
        context: values.number('context'),
      };
      const budget = tokensForDollars(model.shape, money, training);
      const { perDeviceBytes, usableBytesPerDevice } = planTraining(model.shape, { ...training, tokens: 1e9 });
      figures.push(
        {
          id: 'tokens',
          label: `Text that it trains ${model.name} on`,
          value: `${range(budget.tokens, count)} tokens`,
          note: `${range(budget.tokensPerActiveParameter, short)} for each active parameter`,
        },
        { id: 'seconds', label: 'Time to spend it', value: range(budget.seconds, seconds) },
        {
          id: 'fits',
          label: 'Training fits',
          value: budget.fits ? 'yes' : 'no',
          note: `${bytes(perDeviceBytes)} of ${bytes(usableBytesPerDevice)} usable on a device`,
        },
      );
      tables.push({
        title: `The longest text of ${model.name} in ${bytes(memory)}`,
        note: 'Practical: nine tenths of the memory, work space for reading the prompt counted. Naive: all of it, nothing but weights, cache and state.',
        head: ['Weights as', 'Practical', 'Naive'],
        rows: contextsForBytes(model.shape, memory, { kvDType: kvDTypeOf(values) }).map(
          ({ weights, maxContext, naiveMaxContext }) => [weights, longest(maxContext), longest(naiveMaxContext)],
        ),
      });
    }
    tables.push(
      {
        title: `Parameters that ${bytes(memory)} hold`,
        note: 'Nothing else beside them.',
        head: ['Stored as', 'Parameters'],
        rows: Object.entries(parametersForBytes(memory)).map(([form, parameters]) => [form, count(parameters)]),
      },
      hardwareSource(hardware, hardwareDate),
    );
    return {
      headline: `${dollars(money)} trains a dense model of ${range(bought.parameters, count)} parameters on ${hardware.name}.`,
      figures,
      plots: [
        {
          title: 'Parameters over money',
          note: `Of a dense model that reads ${short(tokensPerParameter)} tokens for each: four times the money, twice the model.`,
          x: { label: 'Dollars', values: sums, base: 10 },
          y: { label: 'Parameters (billion)', logarithmic: true },
          series: [
            { label: 'At least', values: along.map(({ parameters }) => parameters.low / 1e9) },
            { label: 'At most', values: along.map(({ parameters }) => parameters.high / 1e9) },
          ],
          formatX: dollars,
          formatY: (value) => String(Number(value.toPrecision(3))),
        },
      ],
      tables,
      warnings: notes,
    };
  };
  return { title: 'Budget', controls, compute };
}

const longest = (tokens: number | null): string => {
  if (tokens === null) return 'no limit';
  return tokens === 0 ? '– (weights do not fit)' : `${tokens.toLocaleString('en')} tokens`;
};
