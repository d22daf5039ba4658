/**
 * A row's bits depend on nothing but the row: alone or among others, on one thread or two. An element's likewise. Every native
 * instruction set, bit for bit.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, type DType, type HostArray, matmulModes, type OpName } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import { weights } from './cases/matmul.js';
import { cases } from './cases.js';
import { floats, integers, type Operand, type ParityCase, random, runCase } from './harness.js';

const rows = 40;
const columns = 1003;
const { integer } = random(5);
const labels = integers(Array.from({ length: rows }, (_, r) => (r % 5 === 2 ? -1 : integer(columns))));
const picks = integers(Array.from({ length: rows * 6 }, () => integer(columns)));
const x = floats(rows * columns, 1);
const wide: { dtype: DType; width: number } = { dtype: 'f32', width: columns };
const single: { dtype: DType; width: number } = { dtype: 'f32', width: 1 };

interface RowCase {
  readonly op: OpName;
  /** Operands that have one row per row of the batch. */
  readonly byRow: Readonly<Record<string, Operand>>;
  readonly shared?: Readonly<Record<string, Operand>>;
  readonly outputs: Readonly<Record<string, { dtype: DType; width: number }>>;
  readonly numbers: (rows: number) => Readonly<Record<string, number>>;
}

const plain = (count: number) => ({ rows: count, columns });
const scalar = (seed: number) => floats(rows, seed);
const weight = floats(columns, 2);
const bias = floats(columns, 3);

const rowCases: RowCase[] = [
  { op: 'softmax', byRow: { x }, outputs: { out: wide }, numbers: plain },
  { op: 'logSoftmax', byRow: { x }, outputs: { out: wide }, numbers: plain },
  {
    op: 'layerNorm',
    byRow: { x },
    shared: { weight, bias },
    outputs: { out: wide, mean: single, inverseDeviation: single },
    numbers: (count) => ({ ...plain(count), eps: 1e-5 }),
  },
  {
    op: 'layerNormBackward',
    byRow: { x, mean: scalar(4), inverseDeviation: scalar(5), dOut: floats(rows * columns, 6) },
    shared: { weight },
    outputs: { dX: wide },
    numbers: plain,
  },
  { op: 'crossEntropy', byRow: { logits: x, labels }, outputs: { loss: single, logSumExp: single }, numbers: plain },
  {
    op: 'crossEntropyBackward',
    byRow: { logits: x, labels, logSumExp: scalar(7), dLoss: scalar(8) },
    outputs: { dLogits: wide },
    numbers: plain,
  },
  {
    op: 'quantizeRows',
    byRow: { x },
    outputs: { values: { dtype: 'i8', width: columns }, scale: single },
    numbers: plain,
  },
  {
    op: 'gatherColumns',
    byRow: { x, indices: picks },
    outputs: { out: { dtype: 'f32', width: 6 } },
    numbers: (count) => ({ ...plain(count), picked: 6 }),
  },
  {
    op: 'scatterColumns',
    byRow: { x: floats(rows * 6, 1), indices: picks },
    outputs: { out: wide },
    numbers: (count) => ({ ...plain(count), picked: 6 }),
  },
  {
    op: 'gatherRows',
    byRow: { indices: integers(Array.from({ length: rows }, () => integer(rows))) },
    shared: { table: x },
    outputs: { out: wide },
    numbers: (count) => ({ ...plain(count), tableRows: rows }),
  },
  {
    op: 'sum',
    byRow: { x },
    outputs: { out: single },
    numbers: (count) => ({ outer: count, size: columns, inner: 1 }),
  },
  {
    op: 'sum',
    byRow: { x },
    outputs: { out: { dtype: 'f32', width: 17 } },
    numbers: (count) => ({ outer: count, size: columns / 17, inner: 17 }),
  },
  {
    op: 'mul',
    byRow: { a: x },
    shared: { b: weight },
    outputs: { out: wide },
    numbers: (count) => ({ ...plain(count), bRows: 1, bColumns: columns }),
  },
  // Products of bf16 by bf16 are widened where several rows meet, and multiplied in pairs where few do.
  ...[101, 128].map(
    (inner): RowCase => ({
      op: 'matmul',
      byRow: { a: weights('bf16', rows, inner, 1).b },
      shared: { b: weights('bf16', 70, inner, 2).b },
      outputs: { out: { dtype: 'f32', width: 70 } },
      numbers: (count) => ({ rows: count, inner, columns: 70, mode: matmulModes.nt }),
    }),
  ),
];

/** Rows [first, first + count) of a row case as a case of its own. */
function part({ op, byRow, shared, outputs, numbers }: RowCase, first: number, count: number): ParityCase {
  const cut = ({ dtype, data }: Operand): Operand => {
    const width = data.length / rows;
    return { dtype, data: data.slice(first * width, (first + count) * width) };
  };
  return {
    title: `${op} rows ${first}..${first + count}`,
    inputs: { ...shared, ...Object.fromEntries(Object.entries(byRow).map(([name, operand]) => [name, cut(operand)])) },
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, { dtype, width }]) => [name, { dtype, length: width * count }]),
    ),
    numbers: numbers(count),
  };
}

/** Elementwise ops whose element does not know its place; `dropout` counts elements. */
const elementOps = [
  'gelu',
  'softplus',
  'sigmoid',
  'exp',
  'log',
  'tanh',
  'scale',
  'accumulate',
  'geluBackward',
  'cast',
] as const satisfies readonly OpName[];

const threaded = [
  ...elementOps,
  ...new Set(rowCases.map(({ op }) => op)),
  ...([
    'rotary',
    'add',
    'fill',
    'copy',
    'dropout',
    'expand',
    'slice',
    'pad',
    'concat',
    'transpose',
    'scatterAddRows',
  ] as const),
];

const bytes = (data: HostArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const sameBits = (a: HostArray, b: HostArray) => bytes(a).equals(bytes(b));

describe.each(nativeInstructionSets())('native %s', (isa) => {
  let one: Device;
  let two: Device;
  beforeAll(async () => {
    one = await openDevice({ name: 'native', isa, threads: 1 });
    two = await openDevice({ name: 'native', isa, threads: 2 });
  });
  afterAll(() => {
    one.dispose();
    two.dispose();
  });

  it.each(rowCases)('$op: a row alone is the row of a batch', async (test) => {
    const whole = await runCase(two, test.op, part(test, 0, rows));
    for (const [first, count] of [
      [0, 1],
      [7, 1],
      [39, 1],
      [3, 20],
    ] as const) {
      const alone = await runCase(one, test.op, part(test, first, count));
      for (const [name, { width }] of Object.entries(test.outputs)) {
        const wanted = whole.get(name)!.slice(first * width, (first + count) * width);
        expect(sameBits(alone.get(name)!, wanted), `${name}, rows ${first}..${first + count}`).toBe(true);
      }
    }
  });

  it.each(elementOps)('%s: an element alone is the element of a tensor', async (op) => {
    const numbers: Record<string, number> = op === 'scale' ? { factor: 1.7, shift: 0.3 } : {};
    const inputs: Record<string, Operand> = { x: floats(1003, 1) };
    if (op === 'geluBackward') inputs.dOut = floats(1003, 2);
    if (op === 'accumulate') inputs.into = floats(1003, 2);
    const name = op === 'geluBackward' ? 'dX' : op === 'accumulate' ? 'into' : 'out';
    const dtype: DType = op === 'cast' ? 'bf16' : 'f32';
    const run = async (first: number, count: number) => {
      const cut = Object.entries(inputs).map(([key, { data }]) => [
        key,
        { dtype: 'f32', data: data.slice(first, first + count) },
      ]);
      const outputs = op === 'accumulate' ? {} : { [name]: { dtype, length: count } };
      const test = { title: op, inputs: Object.fromEntries(cut), outputs, numbers: { ...numbers, count } };
      return (await runCase(two, op, test)).get(name)!;
    };
    const whole = await run(0, 1003);
    for (const [first, count] of [
      [0, 1],
      [5, 1],
      [1002, 1],
      [3, 50],
      [500, 503],
    ] as const) {
      expect(sameBits(await run(first, count), whole.slice(first, first + count)), `${first}..${first + count}`).toBe(
        true,
      );
    }
  });

  it.each(threaded)('%s: two threads give the bits of one', async (op) => {
    for (const test of cases[op]) {
      const [left, right] = [await runCase(one, op, test), await runCase(two, op, test)];
      for (const [name, values] of left)
        expect(sameBits(right.get(name)!, values), `${test.title}: ${name}`).toBe(true);
    }
  });
});
