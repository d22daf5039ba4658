/** What every op refuses, by name: an op that is missing here does not compile. */
import { describe, expect, it } from 'vitest';
import { type DType, type OpName, opNames } from '../contract/index.js';
import { ReferenceDevice } from '../devices/index.js';
import { isJambalayaError } from '../errors/index.js';
import * as ops from './index.js';

const device = new ReferenceDevice();
const f = (...shape: number[]) => ops.zeros(device, shape);
const i = (...values: number[]) => ops.Tensor.from(device, [values.length], Int32Array.from(values));
const of = (dtype: DType, ...shape: number[]) => ops.Tensor.empty(device, shape, dtype);

const sequences = { offsets: i(0, 2) };
const scan = (
  change: Partial<Record<'u' | 'delta' | 'a' | 'b' | 'c' | 'd', ops.Tensor>>,
  more: Partial<ops.SequenceState> = {},
) => {
  const { u, delta, a, b, c, d } = {
    u: f(2, 3),
    delta: f(2, 3),
    a: f(3, 4),
    b: f(2, 4),
    c: f(2, 4),
    d: f(3),
    ...change,
  };
  return () => ops.selectiveScan(u, delta, a, b, c, d, { ...sequences, ...more });
};
const conv = (more: Partial<ops.SequenceState>) => () =>
  ops.conv1d(f(2, 3), f(3, 4), undefined, { ...sequences, ...more });
const attend = (q: ops.Tensor, k: ops.Tensor, v: ops.Tensor) => () =>
  ops.attention(q, k, v, { ...sequences, causal: true });
const pages = {
  keyPages: f(2, 64, 1, 4),
  valuePages: f(2, 64, 1, 4),
  pageTable: i(0, 1).reshape([1, 2]),
  starts: i(0),
  ...sequences,
};
const paged = (more: Partial<typeof pages>) => () =>
  ops.pagedAttention(f(2, 3, 4), { ...pages, ...more, causal: true });
const append = (more: Partial<typeof pages>) => () => ops.appendKeyValue(f(2, 1, 4), f(2, 1, 4), { ...pages, ...more });

/** Activations (rows, inner) of which `inner` may be no multiple of 32, in groups of 16; and a matrix in panels. */
const int8Groups = (rows: number, inner: number) => {
  const padded = Math.ceil(inner / 32) * 32;
  return { values: of('i8', rows, padded), scale: f(rows, padded / 16), sums: of('i32', rows, padded / 16), inner };
};
const int8Panels = (rows: number, inner: number) => ({
  values: of('i8', ...ops.panelShape(rows, inner)),
  scale: f(rows),
});

const adam = (change: Partial<Parameters<typeof ops.adamW>[0]>) =>
  ops.adamW(
    { parameter: f(4), gradient: f(4), first: f(4), second: f(4), ...change },
    ops.adamWConstants({ rate: 1e-3, decay: 0, beta1: 0.9, beta2: 0.95, eps: 1e-8, step: 1, gradientScale: 1 }),
  );

type Calls = Readonly<Record<string, () => unknown>>;
const floatsOnly = (op: (x: ops.Tensor) => unknown): Calls => ({ 'x: expected f32, found i32': () => op(i(1)) });
const internal = 'is called by a backward rule alone';

const refused: { readonly [N in OpName]: Calls | string } = {
  matmul: {
    'a: expected a matrix, found (4)': () => ops.matmul(f(4), f(4, 4)),
    'b: expected a matrix, found (2, 3, 4)': () => ops.matmul(f(2, 4), f(2, 3, 4)),
    'b: expected (5, 4), found (5, 3)': () => ops.matmul(f(2, 4), f(5, 3)),
    'b: expected (4, 5), found (3, 5)': () => ops.matmul(f(2, 4), f(3, 5), { mode: 'nn' }),
    'b: expected (2, 5), found (4, 5)': () => ops.matmul(f(2, 4), f(4, 5), { mode: 'tn' }),
    'bias: expected (5), found (4)': () => ops.matmul(f(2, 4), f(5, 4), { bias: f(4) }),
    'bias: expected none but in mode nt': () => ops.matmul(f(2, 4), f(4, 5), { mode: 'nn', bias: f(5) }),
    'bScale: expected a scale per row of int8 b, found none': () => ops.matmul(f(2, 4), of('i8', 5, 4)),
    'bScale: expected no scale, found one': () => ops.matmul(f(2, 4), f(5, 4), { bScale: f(5) }),
    'bScale: expected (5), found (4)': () => ops.matmul(f(2, 4), of('i8', 5, 4), { bScale: f(4) }),
    'a: expected f32 | bf16, found f16': () => ops.matmul(of('f16', 2, 4), f(5, 4)),
    'b: expected bf16, as a is, found f32': () => ops.matmul(of('bf16', 2, 4), f(5, 4)),
  },
  groupedMatmul: {
    'a: expected (*, *), found (4)': () => ops.groupedMatmul(f(4), [f(5, 4)], i(0, 1)),
    'b: expected at least one matrix, found none': () => ops.groupedMatmul(f(2, 4), [], i(0)),
    'b: expected (5, 4), found (5, 3)': () => ops.groupedMatmul(f(2, 4), [f(5, 4), f(5, 3)], i(0, 1, 2)),
    'b: expected (4, 5), found (5, 4)': () =>
      ops.groupedMatmul(f(2, 4), [f(4, 5), f(5, 4)], i(0, 1, 2), { mode: 'nn' }),
    'offsets: expected (3), found (2)': () => ops.groupedMatmul(f(2, 4), [f(5, 4), f(5, 4)], i(0, 2)),
    'bScale: expected a scale per row of int8 b, found none': () =>
      ops.groupedMatmul(f(2, 4), [of('i8', 5, 4)], i(0, 2)),
    'bScale: expected no scales, found some': () => ops.groupedMatmul(f(2, 4), [f(5, 4)], i(0, 2), { bScale: [f(5)] }),
    'bScale: expected 1 of them, found 2': () =>
      ops.groupedMatmul(f(2, 4), [of('i8', 5, 4)], i(0, 2), { bScale: [f(5), f(5)] }),
    'bScale: expected (5), found (4)': () => ops.groupedMatmul(f(2, 4), [of('i8', 5, 4)], i(0, 2), { bScale: [f(4)] }),
  },
  groupedWeightGrad: internal,
  gatherRows: {
    'table: expected (*, *), found (4)': () => ops.gatherRows(f(4), i(0)),
    'indices: expected i32, found f32': () => ops.gatherRows(f(4, 2), f(1)),
    'tableScale: expected a scale per row of an int8 table, found none': () => ops.gatherRows(of('i8', 4, 2), i(0)),
    'tableScale: expected (4), found (2)': () => ops.gatherRows(of('i8', 4, 2), i(0), f(2)),
  },
  scatterAddRows: {
    'x: expected a matrix, found (4)': () => ops.scatterAddRows(f(4), i(0), 3),
    'indices: expected (4), found (1)': () => ops.scatterAddRows(f(4, 2), i(0), 3),
  },
  gatherColumns: {
    'x: expected (*, *), found (4)': () => ops.gatherColumns(f(4), i(0)),
    'indices: expected (2, *), found (1)': () => ops.gatherColumns(f(2, 4), i(0)),
  },
  scatterColumns: { 'indices: expected (2, 1), found (2)': () => ops.scatterColumns(f(2, 1), i(0, 1), 4) },
  rmsNorm: { 'weight: expected (4), found (3)': () => ops.rmsNorm(f(2, 4), f(3), 1e-6) },
  rmsNormBackward: internal,
  layerNorm: {
    'weight: expected (4), found (1, 4)': () => ops.layerNorm(f(2, 4), f(1, 4), f(4), 1e-5),
    'bias: expected (4), found (3)': () => ops.layerNorm(f(2, 4), f(4), f(3), 1e-5),
  },
  layerNormBackward: internal,
  softmax: floatsOnly(ops.softmax),
  logSoftmax: floatsOnly(ops.logSoftmax),
  silu: { ...floatsOnly(ops.silu), 'up: expected (4), found (5)': () => ops.silu(f(4), f(5)) },
  siluBackward: internal,
  gelu: floatsOnly(ops.gelu),
  geluBackward: internal,
  softplus: floatsOnly(ops.softplus),
  sigmoid: floatsOnly(ops.sigmoid),
  exp: floatsOnly(ops.exp),
  log: floatsOnly(ops.log),
  tanh: floatsOnly(ops.tanh),
  add: {
    'b: expected (2, 4), a scalar, its last axis, or one value per row, found (3)': () => ops.add(f(2, 4), f(3)),
    'b: expected (2, 4), a scalar, its last axis, or one value per row, found (2)': () => ops.add(f(2, 4), f(2)),
    'b: expected (2, 4), a scalar, its last axis, or one value per row, found (4, 2)': () => ops.add(f(2, 4), f(4, 2)),
  },
  mul: {
    'b: expected (2, 4, 3), a scalar, its last axis, or one value per row, found (4, 3)': () =>
      ops.mul(f(2, 4, 3), f(4, 3)),
  },
  scale: floatsOnly((x) => ops.scale(x, 2)),
  accumulate: { 'x: expected 4 elements, found 3': () => ops.accumulate(f(4), f(3)) },
  fill: { 'shape: expected whole sizes of at least 0, found (-1)': () => ops.fill(device, [-1], 0) },
  copy: {
    'x: expected 4 elements, found 3': () => ops.copy(f(4), f(3)),
    'x: expected f32, found i32': () => ops.copy(f(1), i(1)),
  },
  cast: 'takes every dtype and shape',
  dropout: { 'probability: expected 0 to 1, got 1.5': () => ops.dropout(f(2), 1.5, { low: 0, high: 0 }) },
  sum: { 'axis: expected an axis of (2, 3), found 2': () => ops.sum(f(2, 3), 2) },
  expand: { 'axis: expected 0 to 2, found 3': () => ops.expand(f(2, 3), 3, 2) },
  slice: {
    'start, length: expected a range within 0..3, found 2..4': () => ops.slice(f(2, 3), 1, 2, 2),
    'start, length: expected a range within 0..3, found -1..1': () => ops.slice(f(2, 3), 1, -1, 2),
    'axis: expected an axis of (2, 3), found -3': () => ops.slice(f(2, 3), -3, 0, 1),
  },
  pad: { 'start, length: expected a range within 0..4, found 2..5': () => ops.pad(f(2, 3), 1, 2, 4) },
  concat: {
    'parts: expected at least one tensor, found none': () => ops.concat([], 0),
    'parts: expected (2, 3) but for axis 0, found (2, 4)': () => ops.concat([f(2, 3), f(2, 4)], 0),
    'parts: expected (2, 3) but for axis 0, found (3)': () => ops.concat([f(2, 3), f(3)], 0),
    'parts: expected all f32, found bf16': () => ops.concat([f(2), of('bf16', 2)], 0),
  },
  transpose: { 'axis: expected an axis of (2, 3), found 2': () => ops.transpose(f(2, 3), 0, 2) },
  conv1d: {
    'x: expected (*, *), found (2)': () => ops.conv1d(f(2), f(2, 4), undefined, sequences),
    'weight: expected (3, *), found (2, 4)': () => ops.conv1d(f(2, 3), f(2, 4), undefined, sequences),
    'bias: expected (3), found (4)': () => ops.conv1d(f(2, 3), f(3, 4), f(4), sequences),
    'width: at most 64, found 65': () => ops.conv1d(f(2, 3), f(3, 65), undefined, sequences),
    'offsets: expected (S + 1), found (1, 2)': conv({ offsets: sequences.offsets.reshape([1, 2]) }),
    'initial: expected (1, 4, 3), found (1, 3, 4)': conv({ initial: f(1, 3, 4) }),
    'state: expected (*, 4, 3), found (5, 3, 3)': conv({ state: f(5, 3, 3), slots: i(0) }),
    'slots: expected a place in `state` per segment, found none': conv({ state: f(5, 4, 3) }),
    'slots: expected (1), found (2)': conv({ state: f(5, 4, 3), slots: i(0, 1) }),
    'slots: expected none without `state`, found some': conv({ slots: i(0) }),
    'initial: expected none beside `state`': conv({ state: f(5, 4, 3), slots: i(0), initial: f(1, 4, 3) }),
  },
  conv1dBackward: internal,
  selectiveScan: {
    'u: expected (*, *), found (2)': scan({ u: f(2) }),
    'delta: expected (2, 3), found (3, 2)': scan({ delta: f(3, 2) }),
    'a: expected (3, *), found (4, 3)': scan({ a: f(4, 3) }),
    'b: expected (2, 4), found (2, 3)': scan({ b: f(2, 3) }),
    'c: expected (2, 4), found (3, 4)': scan({ c: f(3, 4) }),
    'd: expected (3), found (4)': scan({ d: f(4) }),
    'state size: at most 256, found 257': scan({ a: f(3, 257), b: f(2, 257), c: f(2, 257) }),
    'initial: expected (1, 4, 3), found (2, 4, 3)': scan({}, { initial: f(2, 4, 3) }),
    'offsets: expected i32, found f32': scan({}, { offsets: f(2) }),
  },
  selectiveScanBackward: internal,
  attention: {
    'q: expected (*, *, *), found (2, 4)': attend(f(2, 4), f(2, 1, 4), f(2, 1, 4)),
    'k: expected (2, *, 4), found (2, 1, 3)': attend(f(2, 3, 4), f(2, 1, 3), f(2, 1, 3)),
    'v: expected (2, 1, 4), found (2, 3, 4)': attend(f(2, 3, 4), f(2, 1, 4), f(2, 3, 4)),
    'q: expected a multiple of 2 key/value heads, found 3 heads': attend(f(2, 3, 4), f(2, 2, 4), f(2, 2, 4)),
    'head size: at most 512, found 513': attend(f(2, 1, 513), f(2, 1, 513), f(2, 1, 513)),
    'keyPages: expected (*, *, *, 4), found (2, 64, 1, 5)': paged({
      keyPages: f(2, 64, 1, 5),
      valuePages: f(2, 64, 1, 5),
    }),
    'keyPages: expected pages of a multiple of 64 tokens': paged({
      keyPages: f(2, 63, 1, 4),
      valuePages: f(2, 63, 1, 4),
    }),
    'valuePages: expected (2, 64, 1, 4), found (1, 64, 1, 4)': paged({ valuePages: f(1, 64, 1, 4) }),
    'valuePages: expected f32, found bf16': paged({ valuePages: of('bf16', 2, 64, 1, 4) }),
    'pageTable: expected (1, *), found (2)': paged({ pageTable: i(0, 1) }),
    'starts: expected (1), found (2)': paged({ starts: i(0, 0) }),
  },
  attentionBackward: internal,
  appendKeyValue: {
    'k: expected (*, 2, 4), found (2, 1, 4)': append({ keyPages: f(2, 64, 2, 4), valuePages: f(2, 64, 2, 4) }),
    'starts: expected (1), found (0)': append({ starts: i() }),
    'v: expected (2, 1, 4), found (3, 1, 4)': () => ops.appendKeyValue(f(2, 1, 4), f(3, 1, 4), pages),
  },
  rotary: {
    'x: expected (*, *, *), found (2, 4)': () => ops.rotary(f(2, 4), f(2), sequences),
    'x: expected heads of an even size, found 5': () => ops.rotary(f(2, 1, 5), f(2), sequences),
    'head size: at most 512, found 514': () => ops.rotary(f(2, 1, 514), f(257), sequences),
    'frequencies: expected (2), found (4)': () => ops.rotary(f(2, 1, 4), f(4), sequences),
    'starts: expected (1), found (2)': () => ops.rotary(f(2, 1, 4), f(2), { ...sequences, starts: i(0, 0) }),
  },
  dequantize: {
    'blocks: expected whole blocks of 20 bytes, found 21': () => ops.dequantize(of('i8', 21), 'Q4_1'),
    'blocks: expected i8, found f32': () => ops.dequantize(f(20), 'Q4_1'),
  },
  topK: {
    'x: expected (*, *), found (4)': () => ops.topK(f(4), 2),
    'k: expected 1 to 4, found 5': () => ops.topK(f(2, 4), 5),
    'k: expected 1 to 4, found 0': () => ops.topK(f(2, 4), 0),
    'k: at most 64, found 65': () => ops.topK(f(2, 100), 65),
  },
  groupByExpert: { 'indices: expected (*, *), found (2)': () => ops.groupByExpert(i(0, 1), 2) },
  moeCombine: {
    'weights: expected (*, *), found (4)': () => ops.moeCombine(f(4, 3), f(4), i(0, 1, 2, 3)),
    'y: expected (4, *), found (2, 3)': () => ops.moeCombine(f(2, 3), f(2, 2), i(0, 1, 2, 3)),
    'position: expected (4), found (2)': () => ops.moeCombine(f(4, 3), f(2, 2), i(0, 1)),
  },
  moeCombineBackward: internal,
  crossEntropy: {
    'logits: expected (*, *), found (4)': () => ops.crossEntropy(f(4), i(0)),
    'labels: expected (2), found (3)': () => ops.crossEntropy(f(2, 4), i(0, 1, 2)),
  },
  crossEntropyBackward: internal,
  quantizeRows: {
    'x: expected (*, *), found (4)': () => ops.quantizeRows(f(4)),
    'x: expected f32 | bf16 | f16, found i8': () => ops.quantizeRows(of('i8', 2, 4)),
  },
  quantizeGroups: {
    'x: expected (*, *), found (4)': () => ops.quantizeGroups(f(4)),
    'group: expected 4, 8, 16 or 32, found 5': () => ops.quantizeGroups(f(2, 4), 5),
    'x: expected f32, found bf16': () => ops.quantizeGroups(of('bf16', 2, 4)),
    'gate: expected (2, 4), found (2, 3)': () => ops.quantizeGroups(f(2, 4), 32, f(2, 3)),
  },
  packPanels: {
    'x: expected (*, *), found (4)': () => ops.packPanels(of('i8', 4)),
    'x: expected i8, found f32': () => ops.packPanels(f(2, 4)),
  },
  unpackPanels: { 'x: expected (16, 32), found (5, 4)': () => ops.unpackPanels(of('i8', 5, 4), 5, 4) },
  gatherPanels: {
    'table: expected (16, 32), found (5, 4)': () => ops.gatherPanels(of('i8', 5, 4), f(5), i(0), 4),
    'tableScale: expected (*), found (5, 1)': () => ops.gatherPanels(of('i8', 16, 32), f(5, 1), i(0), 4),
  },
  matmulInt8: {
    'a: expected (*, 32), found (2, 4)': () =>
      ops.matmulInt8({ ...int8Groups(2, 4), values: of('i8', 2, 4) }, int8Panels(5, 4)),
    'b: expected (16, 32), found (16, 64)': () => ops.matmulInt8(int8Groups(2, 4), int8Panels(5, 33)),
    'aScale: expected (2, *), found (3, 2)': () =>
      ops.matmulInt8({ ...int8Groups(2, 4), scale: f(3, 2) }, int8Panels(5, 4)),
    'aScale: expected groups of 4, 8, 16 or 32, found (2, 3)': () =>
      ops.matmulInt8({ ...int8Groups(2, 4), scale: f(2, 3) }, int8Panels(5, 4)),
    'aSums: expected (2, 2), found (2, 1)': () =>
      ops.matmulInt8({ ...int8Groups(2, 4), sums: of('i32', 2, 1) }, int8Panels(5, 4)),
    'b: expected (32, 32), found (16, 32)': () =>
      ops.matmulInt8(int8Groups(2, 4), { ...int8Panels(5, 4), scale: f(17) }),
    'bias: expected (5), found (4)': () => ops.matmulInt8(int8Groups(2, 4), int8Panels(5, 4), f(4)),
    'a: expected i8, found f32': () => ops.matmulInt8({ ...int8Groups(2, 4), values: f(2, 32) }, int8Panels(5, 4)),
  },
  groupedMatmulInt8: {
    'b: expected (16, 32), found (16, 64)': () =>
      ops.groupedMatmulInt8(
        int8Groups(2, 4),
        [int8Panels(5, 4).values, int8Panels(5, 33).values],
        [f(5), f(5)],
        i(0, 1, 2),
      ),
    'offsets: expected (2), found (3)': () =>
      ops.groupedMatmulInt8(int8Groups(2, 4), [int8Panels(5, 4).values], [f(5)], i(0, 1, 2)),
    'bScale: expected 1 of them, found 0': () =>
      ops.groupedMatmulInt8(int8Groups(2, 4), [int8Panels(5, 4).values], [], i(0, 2)),
  },
  adamW: {
    'gradient: expected 4 elements, found 3': () => adam({ gradient: f(3) }),
    'first: expected 4 elements, found 5': () => adam({ first: f(5) }),
    'second: expected 4 elements, found 1': () => adam({ second: f(1) }),
    'parameter: expected f32, found bf16': () => adam({ parameter: of('bf16', 4) }),
    'rounded: expected bf16, found f32': () => adam({ rounded: f(4) }),
    'rounded: expected 4 elements, found 3': () => adam({ rounded: of('bf16', 3) }),
  },
  magnitudes: floatsOnly(ops.magnitudes),
  findNonFinite: internal,
};

describe.each(opNames)('%s', (op) => {
  const calls = refused[op];
  if (typeof calls === 'string') {
    it(`refuses nothing by itself: it ${calls}`, () => {
      if (calls === internal) expect(ops.rules[op].backward).toBeNull();
    });
    return;
  }
  it.each(Object.entries(calls))('refuses %s', (message, call) => {
    const held = device.memory.bytes;
    let caught: unknown;
    ops.scope(() => {
      try {
        call();
      } catch (error) {
        caught = error;
      }
    });
    expect(isJambalayaError(caught), String(caught)).toBe(true);
    expect(['shape', 'limit', 'usage']).toContain((caught as { code: string }).code);
    expect((caught as Error).message).toContain(message);
    expect(device.memory.bytes).toBe(held);
  });
});
