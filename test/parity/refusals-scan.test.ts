/** Offsets, slots, indices and sizes that sequence and expert ops must refuse before they follow them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device, OpName } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { isJambalayaError } from '../../src/errors/index.js';
import { filled, offsetsOf } from './cases/segments.js';
import { cases } from './cases.js';
import { floats, integers, type ParityCase, runCase } from './harness.js';

const [channels, width, stateSize, slots] = [5, 4, 3, 3];
const pool = (size: number) => ({ state: floats(slots * size * channels, 4), slots: integers([2, 0]) });
const conv: ParityCase = {
  title: 'conv1d',
  inputs: {
    x: floats(3 * channels, 1),
    weight: floats(channels * width, 2),
    offsets: offsetsOf([2, 1]),
    ...pool(width),
  },
  outputs: { out: filled(3 * channels) },
  numbers: { rows: 3, segments: 2, channels, width, stateSlots: slots },
};
const scan: ParityCase = {
  title: 'selectiveScan',
  inputs: {
    u: floats(3 * channels, 1),
    delta: floats(3 * channels, 2),
    a: floats(channels * stateSize, 3),
    b: floats(3 * stateSize, 4),
    c: floats(3 * stateSize, 5),
    d: floats(channels, 6),
    offsets: offsetsOf([2, 1]),
    ...pool(stateSize),
  },
  outputs: { out: filled(3 * channels) },
  numbers: { rows: 3, segments: 2, channels, stateSize, stateSlots: slots },
};
const grouped: ParityCase = {
  title: 'groupedMatmul',
  inputs: { a: floats(6, 1), offsets: offsetsOf([1, 2]), b: [floats(8, 2), floats(8, 3)] },
  outputs: { out: filled(12) },
  numbers: { rows: 3, inner: 2, columns: 4, experts: 2, mode: 0 },
};
const weightGrad: ParityCase = {
  title: 'groupedWeightGrad',
  inputs: { a: floats(6, 1), dOut: floats(12, 2), offsets: offsetsOf([1, 2]) },
  outputs: { out: [filled(8), filled(8)] },
  numbers: { rows: 3, inner: 2, columns: 4, experts: 2 },
};
const group: ParityCase = {
  title: 'groupByExpert',
  inputs: { indices: integers([1, 0, 2, 1]) },
  outputs: {
    source: { dtype: 'i32', length: 4 },
    position: { dtype: 'i32', length: 4 },
    offsets: { dtype: 'i32', length: 4 },
  },
  numbers: { rows: 2, k: 2, experts: 3 },
};
const combine: ParityCase = {
  title: 'moeCombine',
  inputs: { y: floats(8, 1), weights: floats(4, 2), position: integers([1, 0, 3, 2]) },
  outputs: { out: filled(4) },
  numbers: { rows: 2, k: 2, columns: 2 },
};
const combineBackward: ParityCase = {
  ...combine,
  inputs: { ...combine.inputs, dOut: floats(4, 3) },
  outputs: { dY: filled(8), dWeights: filled(4) },
};
const top: ParityCase = {
  title: 'topK',
  inputs: { x: floats(80, 1) },
  outputs: { values: filled(65), indices: { dtype: 'i32', length: 65 } },
  numbers: { rows: 1, columns: 80, k: 65 },
};
const backward = (op: 'conv1dBackward' | 'selectiveScanBackward') =>
  cases[op].find(({ title }) => title.startsWith('[3,0,17,1,0] C 7'))!;

interface Refusal {
  readonly op: OpName;
  readonly title: string;
  readonly test: ParityCase;
  /** Whether the reference device, which does not check sizes, refuses it too. */
  readonly everywhere: boolean;
}

const changed = (test: ParityCase, inputs: ParityCase['inputs'], numbers: ParityCase['numbers'] = {}): ParityCase => ({
  ...test,
  inputs: { ...test.inputs, ...inputs },
  numbers: { ...test.numbers, ...numbers },
});
const without = (test: ParityCase, name: string): ParityCase => ({
  ...test,
  inputs: Object.fromEntries(Object.entries(test.inputs).filter(([operand]) => operand !== name)),
});

const refusals: Refusal[] = [];
const refuse = (op: OpName, title: string, test: ParityCase, everywhere = true) =>
  void refusals.push({ op, title, test, everywhere });

for (const [op, test] of [
  ['conv1d', conv],
  ['selectiveScan', scan],
] as const) {
  const size = op === 'conv1d' ? width : stateSize;
  refuse(op, 'a slot behind the pool', changed(test, { slots: integers([2, 3]) }));
  refuse(op, 'a negative slot', changed(test, { slots: integers([-1, 0]) }));
  refuse(op, 'a slot twice', changed(test, { slots: integers([2, 2]) }));
  refuse(op, 'a pool without slots', without(test, 'slots'));
  refuse(op, 'a pool and initial states', changed(test, { initial: floats(2 * size * channels, 9) }));
  refuse(op, 'more slots than the pool holds', changed(test, {}, { stateSlots: 4 }), false);
  refuse(op, 'more rows than there are', changed(test, { offsets: offsetsOf([2, 4]) }, { rows: 6 }), false);
  refuse(op, 'a negative size', changed(test, {}, { channels: -1 }), false);
}
for (const [op, test] of [
  ['conv1d', conv],
  ['selectiveScan', scan],
  ['groupedMatmul', grouped],
  ['groupedWeightGrad', weightGrad],
] as const) {
  refuse(op, 'offsets that fall', changed(test, { offsets: integers([0, 4, 3]) }));
  refuse(op, 'offsets that end early', changed(test, { offsets: integers([0, 1, 2]) }));
  refuse(op, 'offsets that start late', changed(test, { offsets: integers([1, 1, 3]) }));
}
for (const op of ['conv1dBackward', 'selectiveScanBackward'] as const) {
  refuse(op, 'offsets that fall', changed(backward(op), { offsets: integers([0, 3, 2, 20, 21, 21]) }));
  refuse(
    op,
    'more segments than states',
    changed(backward(op), { offsets: integers([0, 3, 3, 20, 21, 21, 21]) }, { segments: 6 }),
    false,
  );
}
refuse(
  'conv1d',
  'a convolution that is too wide',
  changed(conv, { weight: floats(65 * channels, 1) }, { width: 65 }),
  false,
);
refuse('conv1d', 'a convolution without taps', changed(conv, {}, { width: 0 }), false);
refuse(
  'selectiveScan',
  'a state that is too large',
  changed(scan, { a: floats(257 * channels, 1) }, { stateSize: 257 }),
  false,
);
refuse(
  'selectiveScanBackward',
  'a state that is too large',
  changed(backward('selectiveScanBackward'), {}, { stateSize: 257 }),
  false,
);
for (const bad of [-1, 3, 2 ** 31 - 1]) {
  refuse('groupByExpert', `expert ${bad} of 3`, changed(group, { indices: integers([1, 0, 2, bad]) }));
}
for (const bad of [-1, 4, -(2 ** 31)]) {
  refuse('moeCombine', `place ${bad} of 4`, changed(combine, { position: integers([1, 0, 3, bad]) }));
  refuse('moeCombineBackward', `place ${bad} of 4`, changed(combineBackward, { position: integers([bad, 0, 3, 2]) }));
}
refuse('groupedMatmul', 'a matrix too few', changed(grouped, { b: [floats(8, 2)] }), false);
refuse(
  'groupedMatmul',
  'int8 without scales',
  changed(grouped, { b: [floats(8, 2), { dtype: 'i8', data: new Int8Array(8) }] }),
  false,
);
refuse('groupedMatmul', 'a transposed left operand', changed(grouped, {}, { mode: 2 }), false);
refuse('groupedWeightGrad', 'an output too few', { ...weightGrad, outputs: { out: [filled(8)] } }, false);
refuse('topK', 'more than a row has', changed(top, {}, { columns: 40, k: 41 }), false);
refuse('topK', 'more than the limit', top, false);

async function refusal(device: Device, { op, test }: Refusal): Promise<string> {
  try {
    await runCase(device, op, test);
  } catch (error) {
    if (isJambalayaError(error, 'device')) return error.fields.reason;
    throw error;
  }
  return '';
}

const devices: { title: string; open: () => Promise<Device>; listed: Refusal[] }[] = [
  {
    title: 'reference',
    open: async () => new ReferenceDevice(),
    listed: refusals.filter(({ everywhere }) => everywhere),
  },
  ...nativeInstructionSets().map((isa) => ({
    title: `native ${isa}`,
    open: () => openDevice({ name: 'native', isa, threads: 2 }),
    listed: refusals,
  })),
];

describe.each(devices)('$title', ({ open, listed }) => {
  let device: Device;
  beforeAll(async () => {
    device = await open();
  });
  afterAll(() => device.dispose());
  it.each(listed)('$op refuses $title', async (test) => {
    expect(await refusal(device, test)).toMatch(new RegExp(`^${test.op}: `));
  });
});

it('the operands of these cases are accepted as they are', async () => {
  const device = await openDevice();
  const good = {
    conv1d: conv,
    selectiveScan: scan,
    groupedMatmul: grouped,
    groupedWeightGrad: weightGrad,
    groupByExpert: group,
  };
  const better = { moeCombine: combine, moeCombineBackward: combineBackward, topK: changed(top, {}, { k: 64 }) };
  for (const [op, test] of Object.entries({ ...good, ...better })) await runCase(device, op as OpName, test);
  device.dispose();
});
