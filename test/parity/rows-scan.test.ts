/**
 * A row's bits depend on nothing but the row: a sequence whole or in pieces through the state, a segment alone or in a batch,
 * an expert's row alone or among others, one thread or two. Every native instruction set, bit for bit.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Device,
  type HostArray,
  matmulModes,
  type OpName,
  scanChannelBlock,
  scanChunk,
} from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import { weights } from './cases/matmul.js';
import { filled, offsetsOf, total } from './cases/segments.js';
import { cases } from './cases.js';
import { floats, integers, type Operand, type ParityCase, runCase } from './harness.js';

const channels = 261;
const width = 4;
const stateSize = 19;
/** Columns of a row of each operand that has one row per token. */
const rowWidths: Readonly<Record<string, number>> = {
  x: channels,
  u: channels,
  delta: channels,
  b: stateSize,
  c: stateSize,
  out: channels,
  dOut: channels,
  dX: channels,
  dU: channels,
  dDelta: channels,
  dB: stateSize,
  dC: stateSize,
};
const convSizes = { channels, width };
const scanSizes = { channels, stateSize };
const steps = (count: number): Operand => ({
  dtype: 'f32',
  data: floats(count, 2).data.map((value) => 0.3 * Math.abs(value)),
});
const rates: Operand = { dtype: 'f32', data: floats(channels * stateSize, 3).data.map((value) => -Math.exp(value)) };

const convInputs = (rows: number) => ({
  x: floats(rows * channels, 1),
  weight: floats(channels * width, 2),
  bias: floats(channels, 3),
});
const scanInputs = (rows: number) => ({
  u: floats(rows * channels, 1),
  delta: steps(rows * channels),
  a: rates,
  b: floats(rows * stateSize, 4),
  c: floats(rows * stateSize, 5),
  d: floats(channels, 6),
});

/** Rows [first, last) of the operands that have rows; the others as they are. */
function cut(inputs: Readonly<Record<string, Operand>>, first: number, last: number): Record<string, Operand> {
  const entries = Object.entries(inputs).map(([name, { dtype, data }]): [string, Operand] => {
    const columns = rowWidths[name];
    return [name, { dtype, data: columns === undefined ? data : data.slice(first * columns, last * columns) }];
  });
  return Object.fromEntries(entries);
}

const bytes = (data: HostArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const sameBits = (a: HostArray, b: HostArray) => bytes(a).equals(bytes(b));

const sequences = [
  { op: 'conv1d' as const, sizes: convSizes, size: width * channels, inputs: convInputs },
  { op: 'selectiveScan' as const, sizes: scanSizes, size: stateSize * channels, inputs: scanInputs },
];
const backwards = [
  {
    op: 'conv1dBackward' as const,
    sizes: convSizes,
    size: width * channels,
    inputs: convInputs,
    made: ['dX', 'dInitial'],
  },
  {
    op: 'selectiveScanBackward' as const,
    sizes: scanSizes,
    size: stateSize * channels,
    inputs: scanInputs,
    made: ['dU', 'dDelta', 'dB', 'dC', 'dInitial'],
  },
];
const ours = [
  'conv1d',
  'conv1dBackward',
  'selectiveScan',
  'selectiveScanBackward',
  'groupedMatmul',
  'groupedWeightGrad',
  'topK',
  'groupByExpert',
  'moeCombine',
  'moeCombineBackward',
] as const satisfies readonly OpName[];

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

  it.each(sequences)(
    '$op: a sequence in pieces through its state is the sequence whole',
    async ({ op, sizes, size, inputs }) => {
      const rows = 150;
      const operands = inputs(rows);
      const initial = floats(size, 7);
      const whole = await runCase(two, op, {
        title: 'whole',
        inputs: { ...operands, initial, offsets: offsetsOf([rows]) },
        outputs: { out: filled(rows * channels), final: filled(size) },
        numbers: { ...sizes, rows, segments: 1, stateSlots: 0 },
      });
      // The sequence's state lies in slot 1 of a pool whose other slot must stay as it is.
      let state: Operand = { dtype: 'f32', data: Float32Array.of(...floats(size, 8).data, ...initial.data) };
      const out: number[] = [];
      let first = 0;
      for (const length of [1, 1, 0, 2, 7, 64, 75]) {
        const piece = await runCase(one, op, {
          title: `${length} rows`,
          inputs: {
            ...cut(operands, first, first + length),
            state,
            slots: integers([1]),
            offsets: offsetsOf([length]),
          },
          outputs: { out: filled(length * channels) },
          numbers: { ...sizes, rows: length, segments: 1, stateSlots: 2 },
        });
        state = { dtype: 'f32', data: piece.get('state')! };
        out.push(...piece.get('out')!);
        first += length;
      }
      expect(first).toBe(rows);
      expect(sameBits(Float32Array.from(out), whole.get('out')!)).toBe(true);
      expect(sameBits(state.data.slice(size), whole.get('final')!)).toBe(true);
      expect(sameBits(state.data.slice(0, size), floats(size, 8).data)).toBe(true);
    },
  );

  const lengths = [3, 0, 1, 90, 17];
  const rows = total(lengths);
  const starts = offsetsOf(lengths).data;

  it.each(sequences)('$op: a segment alone is the segment of a batch', async ({ op, sizes, size, inputs }) => {
    const operands = inputs(rows);
    const initial = floats(lengths.length * size, 7);
    const run = (device: Device, from: number, to: number) => {
      const count = starts[to]! - starts[from]!;
      return runCase(device, op, {
        title: `segments ${from}..${to}`,
        inputs: {
          ...cut(operands, starts[from]!, starts[to]!),
          initial: { dtype: 'f32', data: initial.data.slice(from * size, to * size) },
          offsets: offsetsOf(lengths.slice(from, to)),
        },
        outputs: { out: filled(count * channels), final: filled((to - from) * size) },
        numbers: { ...sizes, rows: count, segments: to - from, stateSlots: 0 },
      });
    };
    const batch = await run(two, 0, lengths.length);
    for (let s = 0; s < lengths.length; s++) {
      const alone = await run(one, s, s + 1);
      const out = batch.get('out')!.slice(starts[s]! * channels, starts[s + 1]! * channels);
      expect(sameBits(alone.get('out')!, out), `out of segment ${s}`).toBe(true);
      expect(sameBits(alone.get('final')!, batch.get('final')!.slice(s * size, (s + 1) * size)), `final of ${s}`).toBe(
        true,
      );
    }
  });

  it.each(backwards)('$op: a segment alone is the segment of a batch', async ({ op, sizes, size, inputs, made }) => {
    const operands = { ...inputs(rows), dOut: floats(rows * channels, 9) };
    const [initial, dFinal] = [floats(lengths.length * size, 7), floats(lengths.length * size, 8)];
    const run = (device: Device, from: number, to: number) => {
      const count = starts[to]! - starts[from]!;
      // What a forward pass keeps before every 64th step of a segment, by segment and chunk.
      const checkpoints = new Float32Array((Math.ceil(count / scanChunk) + to - from) * size);
      for (let s = from; s < to; s++) {
        const first = Math.floor((starts[s]! - starts[from]!) / scanChunk) + s - from;
        for (let chunk = 0; chunk * scanChunk < lengths[s]!; chunk++) {
          checkpoints.set(floats(size, 100 + 10 * s + chunk).data, (first + chunk) * size);
        }
      }
      const lengthOf: Readonly<Record<string, number>> = {
        dInitial: (to - from) * size,
        dA: channels * stateSize,
        dD: channels,
        partials: Math.ceil(channels / scanChannelBlock) * count * 2 * stateSize,
      };
      const outputs = op === 'conv1dBackward' ? made : [...made, 'dA', 'dD', 'partials'];
      const { bias: _, ...taken } = operands as Record<string, Operand>;
      return runCase(device, op, {
        title: `segments ${from}..${to}`,
        inputs: {
          ...cut(taken, starts[from]!, starts[to]!),
          ...(op === 'conv1dBackward'
            ? { initial: { dtype: 'f32' as const, data: initial.data.slice(from * size, to * size) } }
            : { checkpoints: { dtype: 'f32' as const, data: checkpoints } }),
          dFinal: { dtype: 'f32', data: dFinal.data.slice(from * size, to * size) },
          offsets: offsetsOf(lengths.slice(from, to)),
        },
        outputs: Object.fromEntries(outputs.map((name) => [name, filled(lengthOf[name] ?? count * rowWidths[name]!)])),
        numbers: { ...sizes, rows: count, segments: to - from },
      });
    };
    const batch = await run(two, 0, lengths.length);
    for (let s = 0; s < lengths.length; s++) {
      const alone = await run(one, s, s + 1);
      for (const name of made) {
        const columns = rowWidths[name];
        const [low, high] =
          columns === undefined ? [s * size, (s + 1) * size] : [starts[s]! * columns, starts[s + 1]! * columns];
        expect(sameBits(alone.get(name)!, batch.get(name)!.slice(low, high)), `${name} of segment ${s}`).toBe(true);
      }
    }
  });

  it.each(['nt', 'nn'] as const)("groupedMatmul %s: an expert's row alone is the row among others", async (mode) => {
    const counts = [0, 9, 1, 70];
    const [inner, columns, count] = [45, 37, total(counts)];
    const firsts = offsetsOf(counts).data;
    const a = floats(count * inner, 1);
    const run = (device: Device, experts: readonly number[], data: HostArray, loads: readonly number[]) => {
      const matrices = experts.map((e) =>
        weights('i8', mode === 'nt' ? columns : inner, mode === 'nt' ? inner : columns, e),
      );
      return runCase(device, 'groupedMatmul', {
        title: `experts ${experts}`,
        inputs: {
          a: { dtype: 'f32', data },
          offsets: offsetsOf(loads),
          b: matrices.map(({ b }) => b),
          bScale: matrices.map(({ bScale }) => bScale!),
        },
        outputs: { out: filled(total(loads) * columns) },
        numbers: { rows: total(loads), inner, columns, experts: loads.length, mode: matmulModes[mode] },
      });
    };
    const batch = (await run(two, [0, 1, 2, 3], a.data, counts)).get('out')!;
    for (let e = 0; e < counts.length; e++) {
      for (const row of [firsts[e]!, firsts[e + 1]! - 1].filter((r) => r >= firsts[e]! && r < firsts[e + 1]!)) {
        const alone = await run(one, [e], a.data.slice(row * inner, (row + 1) * inner), [1]);
        expect(sameBits(alone.get('out')!, batch.slice(row * columns, (row + 1) * columns)), `row ${row}`).toBe(true);
      }
    }
  });

  it('moeCombine: a row does not depend on where its answers lie', async () => {
    const [k, columns] = [3, 77];
    const y = floats(2 * k * columns, 1);
    const place = (order: readonly number[]): Operand => {
      const data = new Float32Array(y.data.length);
      for (const [from, to] of order.entries())
        data.set(y.data.slice(from * columns, (from + 1) * columns), to * columns);
      return { dtype: 'f32', data };
    };
    const test = (order: readonly number[]): ParityCase => ({
      title: `${order}`,
      inputs: { y: place(order), weights: floats(2 * k, 2), position: integers(order) },
      outputs: { out: filled(2 * columns) },
      numbers: { rows: 2, k, columns },
    });
    const straight = await runCase(one, 'moeCombine', test([0, 1, 2, 3, 4, 5]));
    const mixed = await runCase(two, 'moeCombine', test([5, 0, 3, 2, 1, 4]));
    expect(sameBits(straight.get('out')!, mixed.get('out')!)).toBe(true);
  });

  it.each(ours)('%s: two threads give the bits of one', async (op) => {
    for (const test of cases[op]) {
      const [left, right] = [await runCase(one, op, test), await runCase(two, op, test)];
      for (const [name, values] of left) {
        // The backward scan leaves some of its work space unwritten: there the harness's sentinels are compared.
        expect(sameBits(right.get(name)!, values), `${test.title}: ${name}`).toBe(true);
      }
    }
  });
});
