/** The assumptions of a training run: the few that decide, and the many that may be looked at. */
import { defaultContext, type Range, trainingAssumptions } from '../../../src/cost/index.js';
import type { Subject } from '../report.js';
import type { ChoiceControl, Control, NumberControl, RangeControl, Scale } from '../view.js';
import { contextControl, hardwareControl, longestContext, priceControl, utilisationControl } from './shared.js';

type Words = readonly [label: string, help: string];

/** A whole number from 1. */
const whole = (id: string, [label, help]: Words, value: number, max: number, unit = ''): NumberControl => ({
  kind: 'number',
  id,
  label,
  help,
  unit,
  min: 1,
  max,
  whole: true,
  logarithmic: true,
  value,
});

const span = (id: string, [label, help]: Words, value: Range, scale: Scale): RangeControl => ({
  kind: 'range',
  id,
  label,
  help,
  value,
  ...scale,
});

const choice = (id: string, [label, help]: Words, value: string, options: Record<string, string>): ChoiceControl => ({
  kind: 'choice',
  id,
  label,
  help,
  value,
  options: Object.entries(options).map(([name, text]) => ({ value: name, label: text })),
});

export function trainControls(subject: Subject): Control[] {
  const { options } = subject;
  const { shape } = subject.models[0]!;
  const number = (id: string, otherwise: number) => options.number(id) ?? otherwise;
  const range = (id: string, otherwise: Range) => options.range(id) ?? otherwise;
  const assumed = trainingAssumptions;
  const deciding: Control[] = [
    {
      kind: 'number',
      id: 'billionTokens',
      label: 'Training volume',
      help: 'Tokens that the model reads in all: sequence length × steps × batch size.',
      unit: 'billion tokens',
      min: 0.001,
      max: 100_000,
      logarithmic: true,
      value: number('tokens', 1e9) / 1e9,
    },
    hardwareControl(subject),
    whole('count', ['Devices', 'How many work together.'], number('count', 1), 32_768, 'devices'),
    utilisationControl(options),
    priceControl(subject),
    whole(
      'runs',
      ['Runs of each configuration', 'How often training is repeated, to know how much is chance.'],
      number('runs', assumed.runs),
      100,
      'runs',
    ),
    whole(
      'configurations',
      ['Configurations', 'How many settings are tried before the final one is known.'],
      number('configurations', assumed.configurations),
      1000,
    ),
    contextControl(
      longestContext(shape, 2 ** 20),
      number('context', defaultContext(shape)),
      'How many tokens each training text has.',
    ),
  ];
  const others: Control[] = [
    span(
      'restarts',
      ['Lost and repeated work', 'A run that is interrupted does some of its work twice: 1.1 is a tenth more.'],
      range('restarts', assumed.restarts),
      { unit: 'times', min: 1, max: 2 },
    ),
    span('load', ['Mean power of a device', 'As a part of its limit.'], range('load', assumed.load), {
      min: 0.1,
      max: 1.2,
    }),
    span(
      'overhead',
      ['Overhead of the building', 'Cooling and losses: 1.2 is a fifth more than the devices take (PUE).'],
      range('overhead', assumed.overhead),
      { unit: 'times', min: 1, max: 3 },
    ),
    span(
      'carbon',
      ['Carbon dioxide of electricity', 'Hydro and nuclear power are low, coal is high.'],
      range('carbon', assumed.carbonKilogramsPerKilowattHour),
      { unit: 'kg per kWh', min: 0.01, max: 1.2 },
    ),
    choice(
      'checkpointing',
      ['Checkpointing', 'Computing again what there is no room to keep.'],
      options.text('checkpointing') ?? 'full',
      { none: 'none: everything is kept', full: 'full: every layer is computed twice' },
    ),
    choice('precision', ['Precision', 'What numbers training computes with.'], options.text('precision') ?? 'mixed', {
      mixed: 'mixed: 16 bit, with 32-bit copies',
      f32: 'f32: 32 bit throughout',
    }),
    whole(
      'batchTokens',
      ['Tokens of one step', 'How much text each update of the weights is computed from.'],
      number('batchTokens', assumed.batchTokens),
      1e8,
      'tokens',
    ),
    whole(
      'microBatch',
      ['Texts at a time on a device', 'More fill the device better, and need more memory.'],
      number('microBatch', 1),
      256,
      'texts',
    ),
    choice(
      'zero',
      ['ZeRO', 'What copies of the model share instead of each having its own.'],
      String(number('zero', 3)),
      { 0: '0: nothing', 1: '1: the optimizer', 2: '2: gradients too', 3: '3: weights too' },
    ),
    whole(
      'tensor',
      ['Tensor parallelism', 'Devices among which every matrix is divided.'],
      number('tensorParallel', 1),
      64,
      'devices',
    ),
    whole(
      'pipeline',
      ['Pipeline parallelism', 'Groups of devices that have some of the layers each.'],
      number('pipelineParallel', 1),
      64,
      'stages',
    ),
    whole(
      'expert',
      ['Expert parallelism', 'Groups of devices that have some of the experts each.'],
      number('expertParallel', 1),
      64,
      'groups',
    ),
  ];
  return [...deciding, ...others.map((control): Control => ({ ...control, advanced: true }))];
}
