import { groupedMatmul, matmul, type Tensor } from '../../../src/tensor/index.js';
import { between, bf16, frozen, type GradientCase, gradientCase, int8, integers, normal } from '../gradcheck.js';

const scales = (count: number) => frozen(between(0.005, 0.02, [count]));
const entries = (stacked: Tensor) => Array.from({ length: stacked.shape[0]! }, (_, e) => stacked.at(e));

export const matmulCases: readonly GradientCase[] = [
  gradientCase('nt', { a: normal([3, 5]), b: normal([4, 5]) }, ({ a, b }) => matmul(a, b)),
  gradientCase('nt with a bias', { a: normal([3, 5]), b: normal([4, 5]), bias: normal([4]) }, ({ a, b, bias }) =>
    matmul(a, b, { bias }),
  ),
  gradientCase('nn', { a: normal([3, 5]), b: normal([5, 4]) }, ({ a, b }) => matmul(a, b, { mode: 'nn' })),
  gradientCase('tn', { a: normal([5, 3]), b: normal([5, 4]) }, ({ a, b }) => matmul(a, b, { mode: 'tn' })),
  gradientCase('no rows', { a: normal([0, 5]), b: normal([4, 5]), bias: normal([4]) }, ({ a, b, bias }) =>
    matmul(a, b, { bias }),
  ),
  gradientCase('nt with a frozen bf16 b', { a: normal([3, 5]), b: bf16([4, 5]) }, ({ a, b }) => matmul(a, b)),
  gradientCase('tn with a frozen bf16 b', { a: normal([5, 3]), b: bf16([5, 4]) }, ({ a, b }) =>
    matmul(a, b, { mode: 'tn' }),
  ),
  gradientCase(
    'nt with a frozen int8 b',
    { a: normal([3, 5]), b: int8([4, 5]), bScale: scales(4) },
    ({ a, b, bScale }) => matmul(a, b, { bScale }),
  ),
  gradientCase(
    'nn with a frozen int8 b',
    { a: normal([3, 5]), b: int8([5, 4]), bScale: scales(5) },
    ({ a, b, bScale }) => matmul(a, b, { mode: 'nn', bScale }),
  ),
  gradientCase(
    'tn with a frozen int8 b',
    { a: normal([5, 3]), b: int8([5, 4]), bScale: scales(5) },
    ({ a, b, bScale }) => matmul(a, b, { mode: 'tn', bScale }),
  ),
  gradientCase('one matrix as both operands', { a: normal([3, 3]) }, ({ a }) => matmul(a, a, { mode: 'nn' })),
  gradientCase('overlapping views of one parameter', { x: normal([2, 4]), table: normal([6, 4]) }, ({ x, table }) => [
    matmul(x, table.range(0, 4)),
    matmul(x, table.range(2, 6)),
    matmul(x, table.reshape([4, 6]), { mode: 'nn' }),
  ]),
];

const rows = integers([0, 2, 2, 5]);

export const groupedMatmulCases: readonly GradientCase[] = [
  gradientCase(
    'nt over a stacked parameter, an expert without rows',
    { a: normal([5, 4]), b: normal([3, 2, 4]), offsets: rows },
    ({ a, b, offsets }) => groupedMatmul(a, entries(b), offsets),
  ),
  gradientCase(
    'nn over a stacked parameter',
    { a: normal([5, 4]), b: normal([3, 4, 2]), offsets: rows },
    ({ a, b, offsets }) => groupedMatmul(a, entries(b), offsets, { mode: 'nn' }),
  ),
  gradientCase(
    'separate matrices, one of them frozen',
    { a: normal([5, 4]), first: normal([2, 4]), second: normal([2, 4]), third: frozen(normal([2, 4])), offsets: rows },
    ({ a, first, second, third, offsets }) => groupedMatmul(a, [first, second, third], offsets),
  ),
  gradientCase(
    'one matrix for two experts',
    { a: normal([5, 4]), b: normal([2, 4]), other: normal([2, 4]), offsets: rows },
    ({ a, b, other, offsets }) => groupedMatmul(a, [b, other, b], offsets),
  ),
  gradientCase(
    'nt with frozen int8 matrices',
    { a: normal([5, 4]), b: int8([3, 2, 4]), bScale: frozen(between(0.005, 0.02, [3, 2])), offsets: rows },
    ({ a, b, bScale, offsets }) => groupedMatmul(a, entries(b), offsets, { bScale: entries(bScale) }),
  ),
  gradientCase(
    'nn with frozen int8 matrices',
    { a: normal([5, 4]), b: int8([3, 4, 2]), bScale: frozen(between(0.005, 0.02, [3, 4])), offsets: rows },
    ({ a, b, bScale, offsets }) => groupedMatmul(a, entries(b), offsets, { mode: 'nn', bScale: entries(bScale) }),
  ),
];
