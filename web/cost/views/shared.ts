/** Controls, axes and tables that more than one view has. */
import {
  findHardware,
  type Hardware,
  type KvDType,
  kvDTypes,
  type ModelShape,
  type Part,
  trainingAssumptions,
  type WeightForm,
  weightForms,
} from '../../../src/cost/index.js';
import { namedHardware, type Options, type Subject } from '../report.js';
import type { ChoiceControl, NumberControl, RangeControl, Table, Values } from '../view.js';

const names: Readonly<Record<string, string>> = {
  bf16: 'bf16: 2 bytes a number, as models are published',
  f16: 'f16: 2 bytes a number',
  f32: 'f32: 4 bytes a number, without loss',
  fp8: 'fp8: 1 byte a number',
  int8: 'int8: every matrix in 1 byte a number',
  'experts-int8': 'experts-int8: experts and dense feed-forwards in 1 byte a number',
};

export const weightsControl = (options: Options): ChoiceControl => ({
  kind: 'choice',
  id: 'weights',
  label: 'Weights are stored as',
  help: 'Fewer bytes a number leave more room for texts; int8 costs a little accuracy.',
  options: weightForms.map((form) => ({ value: form, label: names[form] ?? form })),
  value: options.text('weights') ?? 'bf16',
});

export const weightsOf = (values: Values): WeightForm => values.text('weights') as WeightForm;

export const kvDTypeControl = (options: Options): ChoiceControl => ({
  kind: 'choice',
  id: 'kvDType',
  label: 'The KV cache is stored as',
  help: 'What attention layers keep of every token of the context.',
  options: kvDTypes.map((dtype) => ({
    value: dtype,
    label: dtype === 'int8' ? 'int8: 1 byte a number' : (names[dtype] ?? dtype),
  })),
  value: options.text('kvDtype') ?? 'bf16',
});

export const kvDTypeOf = (values: Values): KvDType => values.text('kvDType') as KvDType;

/** The longest context of a slider: what learned positions allow, or else `most`. */
export const longestContext = ({ positions }: ModelShape, most: number): number => (positions > 0 ? positions : most);

export const contextControl = (longest: number, value: number, help: string): NumberControl => ({
  kind: 'number',
  id: 'context',
  label: 'Context',
  help,
  unit: 'tokens',
  min: 1,
  max: longest,
  whole: true,
  logarithmic: true,
  value,
});

export const hardwareControl = (subject: Subject): ChoiceControl => ({
  kind: 'choice',
  id: 'hardware',
  label: 'Device',
  help: 'What computes. Its memory, speed, power and price come from the table below.',
  options: subject.hardware.map(({ id, name }) => ({ value: id, label: name })),
  value: namedHardware(subject).id,
});

/** Devices that share one copy of a model that is served. */
export const countControl = (options: Options): NumberControl => ({
  kind: 'number',
  id: 'count',
  label: 'Devices',
  help: 'How many share one copy of the model.',
  unit: 'devices',
  min: 1,
  max: 64,
  whole: true,
  logarithmic: true,
  value: options.number('count') ?? 1,
});

export const hardwareOf = (values: Values, { hardware }: Subject): Hardware =>
  findHardware(values.text('hardware'), hardware);

/** Dollars per hour: those given, or the device's own, which change with the device. */
export function priceControl(subject: Subject): RangeControl {
  const given = subject.options.range('price');
  return {
    kind: 'range',
    id: 'dollarsPerHour',
    label: 'Price of one device for an hour',
    help: 'Spot and long contracts are cheap, large clouds on demand are dear. No vendor prints it: an assumption.',
    value: given ?? namedHardware(subject).dollarsPerHour,
    unit: 'dollars',
    min: 0.01,
    max: 50,
    logarithmic: true,
    ...(given === undefined
      ? { follows: { id: 'hardware', value: (id: string) => findHardware(id, subject.hardware).dollarsPerHour } }
      : {}),
  };
}

export const utilisationControl = (options: Options): RangeControl => ({
  kind: 'range',
  id: 'utilisation',
  label: 'Utilisation',
  help: 'The part of the devices’ rated speed that the run reaches.',
  value: options.range('utilisation') ?? trainingAssumptions.utilisation,
  min: 0.05,
  max: 0.9,
});

/** Where the figures of the chosen device come from. */
export function hardwareSource(hardware: Hardware, date: string): Table {
  const peaks = Object.entries(hardware.peakFlopsPerSecond).map(
    ([dtype, peak]) => `${dtype} ${Number((peak! / 1e12).toPrecision(4))}`,
  );
  return {
    title: 'The device',
    note: `Table of ${date}. Peaks are dense.`,
    head: ['Figure', 'Value'],
    rows: [
      ['Name', hardware.name],
      ['Source', hardware.source],
      ['Memory', `${hardware.memoryBytes / 1e9} GB at ${hardware.memoryBytesPerSecond / 1e9} GB/s`],
      ['Peak (10¹² FLOPs a second)', peaks.join(', ')],
      ['Links, one direction', `${hardware.interconnectBytesPerSecond / 1e9} GB/s`],
      ['Power', `${hardware.powerWatts} W`],
      ...(hardware.assumptions ?? []).map((assumption) => ['Assumption', assumption]),
    ],
  };
}

/** 1K, 2K, 4K, … up to a longest context, which is the last. */
export function contextsUpTo(longest: number): number[] {
  const contexts: number[] = [];
  for (let context = Math.min(1024, longest); context < longest; context *= 2) contexts.push(context);
  return [...contexts, longest];
}

/** Factors of two around a value, itself among them. */
export const around = (value: number, steps: number): number[] =>
  Array.from({ length: 2 * steps + 1 }, (_, i) => value * 2 ** (i - steps));

/** Parts of a model as people say them. */
export const partNames: Readonly<Record<Part, string>> = {
  embedding: 'Embedding',
  attention: 'Attention layers',
  mamba: 'Mamba layers',
  router: 'Routers',
  experts: 'Experts',
  denseMlp: 'Dense feed-forwards',
  norms: 'Norms',
  head: 'Head',
};
