/** What a kernel must refuse before it reads or writes: indices, sizes and dtypes of untrusted origin. Every device. */
import { describe, expect, it } from 'vitest';
import { type Device, encodeCommand, type OpArguments, type OpName } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { isJambalayaError } from '../../src/errors/index.js';
import { floats, integers, type ParityCase, runCase } from './harness.js';

const out = (length: number) => ({ out: { dtype: 'f32' as const, length } });

/** Indices just outside either end, in the last place. */
const indexCases: [OpName, ParityCase][] = [-1, 4, -(2 ** 31), 2 ** 31 - 1].flatMap((bad): [OpName, ParityCase][] => {
  const indices = integers([0, 3, bad]);
  return [
    [
      'gatherRows',
      {
        title: `${bad}`,
        inputs: { table: floats(20, 1), indices },
        outputs: out(15),
        numbers: { rows: 3, columns: 5, tableRows: 4 },
      },
    ],
    [
      'scatterAddRows',
      {
        title: `${bad}`,
        inputs: { x: floats(15, 1), indices },
        outputs: out(20),
        numbers: { rows: 3, columns: 5, tableRows: 4 },
      },
    ],
    [
      'gatherColumns',
      {
        title: `${bad}`,
        inputs: { x: floats(4, 1), indices },
        outputs: out(3),
        numbers: { rows: 1, columns: 4, picked: 3 },
      },
    ],
    [
      'scatterColumns',
      {
        title: `${bad}`,
        inputs: { x: floats(3, 1), indices },
        outputs: out(4),
        numbers: { rows: 1, columns: 4, picked: 3 },
      },
    ],
  ];
});
for (const label of [4, 2 ** 31 - 1]) {
  const inputs = { logits: floats(8, 1), labels: integers([0, label]) };
  indexCases.push(
    [
      'crossEntropy',
      {
        title: `${label}`,
        inputs,
        outputs: { loss: { dtype: 'f32', length: 2 }, logSumExp: { dtype: 'f32', length: 2 } },
        numbers: { rows: 2, columns: 4 },
      },
    ],
    [
      'crossEntropyBackward',
      {
        title: `${label}`,
        inputs: { ...inputs, logSumExp: floats(2, 2), dLoss: floats(2, 3) },
        outputs: { dLogits: { dtype: 'f32', length: 8 } },
        numbers: { rows: 2, columns: 4 },
      },
    ],
  );
}
for (const value of [0.5, 128, Number.NaN]) {
  indexCases.push([
    'fill',
    { title: `${value}`, inputs: {}, outputs: { out: { dtype: 'i8', length: 3 } }, numbers: { count: 3, value } },
  ]);
}

async function refusal(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (isJambalayaError(error, 'device')) return error.fields.reason;
    throw error;
  }
  return '';
}

const devices: { title: string; open: () => Promise<Device> }[] = [
  { title: 'reference', open: async () => new ReferenceDevice() },
  ...nativeInstructionSets().map((isa) => ({
    title: `native ${isa}`,
    open: () => openDevice({ name: 'native', isa, threads: 2 }),
  })),
];

describe.each(devices)('$title', ({ open }) => {
  it('refuses values that point outside', async () => {
    const device = await open();
    for (const [op, test] of indexCases)
      expect(await refusal(() => runCase(device, op, test)), `${op} ${test.title}`).not.toBe('');
    device.dispose();
  });
});

describe.each(nativeInstructionSets())('native %s', (isa) => {
  it('refuses sizes and dtypes that do not fit, whatever the product of the sizes', async () => {
    const device = await openDevice({ name: 'native', isa, threads: 2 });
    const at = (dtype: 'f32' | 'i32' | 'i8' | 'bf16', length = 16) => ({
      handle: device.allocate(dtype, length),
      offset: 0,
    });
    const [x, small, ints, bytes, bf16] = [at('f32'), at('f32', 3), at('i32'), at('i8'), at('bf16')];
    const sizes = at('i32', 2);
    device.write(sizes.handle, Int32Array.of(3, -1));
    const huge = 2 ** 31 - 1;
    const submit = (op: OpName, args: object) => device.submit(encodeCommand(op, args as OpArguments<typeof op>));
    const refused = async (op: OpName, args: object) =>
      expect(await refusal(() => submit(op, args)), `${op} ${JSON.stringify(args)}`).not.toBe('');

    await refused('gelu', { x, out: small, count: 4 });
    await refused('gelu', { x, out: x, count: -1 });
    await refused('exp', { x: ints, out: x, count: 4 });
    await refused('add', { a: x, b: x, out: x, rows: 2, columns: 4, bRows: 3, bColumns: 4 });
    await refused('add', { a: x, b: x, out: x, rows: 2, columns: 4, bRows: 2, bColumns: 2 });
    await refused('mul', { a: x, b: x, out: x, rows: -1, columns: 4, bRows: -1, bColumns: 4 });
    await refused('mul', { a: x, b: x, out: x, rows: huge, columns: huge, bRows: 1, bColumns: 1 });
    await refused('copy', { x, into: ints, count: 4 });
    await refused('copy', { x, into: small, count: 4 });
    await refused('cast', { x, out: bytes, count: 4 });
    await refused('cast', { x: bytes, out: bf16, count: 4 });
    await refused('dropout', { x, out: x, count: 4, seedLow: 0, seedHigh: 0, probability: 1.5 });
    await refused('dropout', { x, out: x, count: 4, seedLow: 0, seedHigh: 0, probability: Number.NaN });
    // 2^30 · 2^30 · 16 is 0 in 64 bits, the other product negative.
    for (const [some, inner] of [
      [2 ** 30, 16],
      [huge, huge],
    ] as const) {
      await refused('sum', { x, out: x, outer: some, size: some, inner });
      await refused('expand', { x, out: x, outer: some, size: some, inner });
      await refused('transpose', { x, out: x, outer: some, rows: some, columns: inner, inner: 1 });
    }
    await refused('slice', { x, out: x, outer: 1, size: 4, inner: 1, start: 3, length: 2 });
    await refused('slice', { x, out: x, outer: 1, size: 4, inner: 1, start: huge, length: huge });
    await refused('slice', { x, out: x, outer: 1, size: 4, inner: 1, start: -1, length: 2 });
    await refused('pad', { x, out: ints, outer: 1, size: 4, inner: 1, start: 0, length: 2 });
    await refused('concat', { x: [x, x], sizes, out: x, outer: 1, size: 2, inner: 1, parts: 2 });
    await refused('concat', { x: [x], sizes, out: x, outer: 1, size: 3, inner: 1, parts: 2 });
    await refused('concat', { x: [x], sizes, out: x, outer: 1, size: 4, inner: 1, parts: 1 });
    await refused('gatherRows', { table: bytes, indices: ints, out: x, rows: 0, columns: 1, tableRows: 4 });
    await refused('quantizeRows', { x: ints, values: bytes, scale: x, rows: 1, columns: 4 });
    await refused('quantizeRows', { x: bytes, values: bytes, scale: x, rows: 1, columns: 4 });
    await refused('softmax', { x, out: x, rows: 5, columns: 4 });
    // Empty, however large the other sizes are: nothing to do, at once.
    submit('expand', { x, out: x, outer: huge, size: huge, inner: 0 });
    submit('transpose', { x, out: x, outer: huge, rows: 1, columns: 2, inner: 0 });
    device.dispose();
  });
});
