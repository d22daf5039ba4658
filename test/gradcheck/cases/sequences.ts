import { attention, conv1d, rotary, type SequenceOutput, selectiveScan } from '../../../src/tensor/index.js';
import { between, frozen, type GradientCase, gradientCase, integers, normal } from '../gradcheck.js';

/** Segments of 3, 0, 1 and 5 rows. */
const offsets = integers([0, 3, 3, 4, 9]);
const both = ({ out, final }: SequenceOutput) => [out, final!];

const conv = { x: normal([9, 3]), weight: normal([3, 4]), bias: normal([3]), offsets };
const convInitial = normal([4, 4, 3]);

export const conv1dCases: readonly GradientCase[] = [
  gradientCase('out alone', conv, ({ x, weight, bias, offsets }) => conv1d(x, weight, bias, { offsets }).out),
  gradientCase(
    'with silu, initial and final',
    { ...conv, initial: convInitial },
    ({ x, weight, bias, offsets, initial }) =>
      both(conv1d(x, weight, bias, { offsets, initial, wantFinal: true }, 'silu')),
  ),
  gradientCase(
    'without a bias',
    { x: conv.x, weight: conv.weight, offsets },
    ({ x, weight, offsets }) => conv1d(x, weight, undefined, { offsets }).out,
  ),
  gradientCase('initial and final', { ...conv, initial: convInitial }, ({ x, weight, bias, offsets, initial }) =>
    both(conv1d(x, weight, bias, { offsets, initial, wantFinal: true })),
  ),
  gradientCase(
    'final alone',
    { ...conv, initial: convInitial },
    ({ x, weight, bias, offsets, initial }) => conv1d(x, weight, bias, { offsets, initial, wantFinal: true }).final!,
  ),
  gradientCase(
    'final alone, from zeros',
    conv,
    ({ x, weight, bias, offsets }) => conv1d(x, weight, bias, { offsets, wantFinal: true }).final!,
  ),
  gradientCase(
    'cut in two',
    { ...conv, initial: normal([1, 4, 3]), one: integers([0, 4]), two: integers([0, 5]) },
    (t) => {
      const first = conv1d(t.x.range(0, 4), t.weight, t.bias, { offsets: t.one, initial: t.initial, wantFinal: true });
      return both(conv1d(t.x.range(4, 9), t.weight, t.bias, { offsets: t.two, initial: first.final, wantFinal: true }));
    },
  ),
];

const scan = (rows: number, channels: number, states: number) => ({
  u: normal([rows, channels]),
  delta: between(0.05, 1, [rows, channels]),
  a: between(-2, -0.2, [channels, states]),
  b: normal([rows, states]),
  c: normal([rows, states]),
  d: normal([channels]),
});
const small = { ...scan(9, 3, 2), offsets };
const scanInitial = normal([4, 2, 3]);

export const selectiveScanCases: readonly GradientCase[] = [
  gradientCase(
    'out alone',
    small,
    ({ u, delta, a, b, c, d, offsets }) => selectiveScan(u, delta, a, b, c, d, { offsets }).out,
  ),
  gradientCase(
    'with softplus',
    { ...small, delta: normal([9, 3]) },
    ({ u, delta, a, b, c, d, offsets }) => selectiveScan(u, delta, a, b, c, d, { offsets }, 'softplus').out,
  ),
  gradientCase('initial and final', { ...small, initial: scanInitial }, ({ u, delta, a, b, c, d, offsets, initial }) =>
    both(selectiveScan(u, delta, a, b, c, d, { offsets, initial, wantFinal: true })),
  ),
  gradientCase(
    'final alone',
    { ...small, initial: scanInitial },
    ({ u, delta, a, b, c, d, offsets, initial }) =>
      selectiveScan(u, delta, a, b, c, d, { offsets, initial, wantFinal: true }).final!,
  ),
  gradientCase(
    'more rows than a chunk and more channels than a block',
    { ...scan(150, 66, 3), offsets: integers([0, 5, 140, 150]), initial: normal([3, 3, 66]) },
    ({ u, delta, a, b, c, d, offsets, initial }) =>
      both(selectiveScan(u, delta, a, b, c, d, { offsets, initial, wantFinal: true })),
  ),
  gradientCase(
    'cut in two',
    { ...scan(9, 3, 2), initial: normal([1, 2, 3]), one: integers([0, 4]), two: integers([0, 5]) },
    ({ u, delta, a, b, c, d, initial, one, two }) => {
      const part = (start: number, end: number) =>
        [u.range(start, end), delta.range(start, end), a, b.range(start, end), c.range(start, end), d] as const;
      const first = selectiveScan(...part(0, 4), { offsets: one, initial, wantFinal: true });
      const second = selectiveScan(...part(4, 9), { offsets: two, initial: first.final, wantFinal: true });
      return [first.out, ...both(second)];
    },
  ),
];

const heads = { q: normal([9, 4, 3]), k: normal([9, 2, 3]), v: normal([9, 2, 3]), offsets };
export const attentionCases: readonly GradientCase[] = [
  gradientCase('causal, two queries per key', heads, ({ q, k, v, offsets }) =>
    attention(q, k, v, { offsets, causal: true }),
  ),
  gradientCase('both directions, a scale', heads, ({ q, k, v, offsets }) =>
    attention(q, k, v, { offsets, causal: false, scale: 0.75 }),
  ),
  gradientCase(
    'more keys than a block',
    { q: normal([140, 2, 5]), k: normal([140, 2, 5]), v: normal([140, 2, 5]), offsets: integers([0, 130, 140]) },
    ({ q, k, v, offsets }) => attention(q, k, v, { offsets, causal: true }),
  ),
  gradientCase('one tensor as q, k and v', { x: normal([4, 1, 3]), offsets: integers([0, 4]) }, ({ x, offsets }) =>
    attention(x, x, x, { offsets, causal: true }),
  ),
];

const turned = { x: normal([9, 2, 6]), frequencies: frozen(between(0.01, 1, [3])), offsets };

export const rotaryCases: readonly GradientCase[] = [
  gradientCase('from the start', turned, ({ x, frequencies, offsets }) => rotary(x, frequencies, { offsets })),
  gradientCase(
    'further on, with a factor',
    { ...turned, starts: integers([2, 5, 0, 77]) },
    ({ x, frequencies, offsets, starts }) => rotary(x, frequencies, { offsets, starts, factor: 1.3 }),
  ),
];
