import {
  concat,
  expand,
  gatherColumns,
  gatherRows,
  mean,
  meanAll,
  mul,
  pad,
  scatterAddRows,
  scatterColumns,
  slice,
  sum,
  sumAll,
  transpose,
} from '../../../src/tensor/index.js';
import { frozen, type GradientCase, gradientCase, integers, normal } from '../gradcheck.js';

const block = normal([2, 3, 4]);

export const sumCases: readonly GradientCase[] = [
  ...[0, 1, 2, -1].map((axis) => gradientCase(`axis ${axis}`, { x: block }, ({ x }) => sum(x, axis))),
  gradientCase('all', { x: block }, ({ x }) => sumAll(x)),
  gradientCase('an empty axis', { x: normal([2, 0, 4]) }, ({ x }) => sum(x, 1)),
  gradientCase('mean of an axis', { x: block }, ({ x }) => mean(x, 1)),
  gradientCase('mean of all', { x: block }, ({ x }) => meanAll(x)),
];
export const expandCases: readonly GradientCase[] = [0, 1, 2].map((axis) =>
  gradientCase(`before axis ${axis}`, { x: normal([2, 3]) }, ({ x }) => expand(x, axis, 4)),
);
export const sliceCases: readonly GradientCase[] = [0, 1, -1].map((axis) =>
  gradientCase(`axis ${axis}`, { x: block }, ({ x }) => [slice(x, axis, 1, 1), slice(x, axis, 0, 2)]),
);
export const padCases: readonly GradientCase[] = [0, 1, -1].map((axis) =>
  gradientCase(`axis ${axis}`, { x: block }, ({ x }) => pad(x, axis, 1, 6)),
);
export const concatCases: readonly GradientCase[] = [
  gradientCase(
    'the middle axis, a frozen part and an empty one',
    { x: normal([2, 3, 2]), y: frozen(normal([2, 1, 2])), none: normal([2, 0, 2]), z: normal([2, 2, 2]) },
    ({ x, y, none, z }) => concat([x, y, none, z], 1),
  ),
  gradientCase('the first axis, one part twice', { x: normal([3, 2]) }, ({ x }) => concat([x, x], 0)),
  gradientCase('the last axis of views', { x: normal([2, 6]) }, ({ x }) => concat([x, x.reshape([2, 6])], -1)),
];
export const transposeCases: readonly GradientCase[] = [
  [0, 1],
  [1, 2],
  [2, 1],
  [0, 2],
  [-1, 0],
  [1, 1],
].map(([a, b]) => gradientCase(`axes ${a} and ${b}`, { x: block }, ({ x }) => transpose(x, a!, b!)));

export const gatherRowsCases: readonly GradientCase[] = [
  gradientCase('repeated', { table: normal([4, 3]), at: integers([2, 0, 2, 2]) }, ({ table, at }) =>
    gatherRows(table, at),
  ),
  gradientCase(
    'by a matrix, from a view of the table',
    { table: normal([5, 3]), at: integers([0, 1, 1, 2, 0, 1], [2, 3]) },
    ({ table, at }) => [gatherRows(table.range(1, 4), at), mul(table, table)],
  ),
];
export const scatterAddRowsCases: readonly GradientCase[] = [
  gradientCase('repeated', { x: normal([4, 3]), at: integers([2, 0, 2, 5]) }, ({ x, at }) => scatterAddRows(x, at, 6)),
];
const columns = integers([3, 0, 1, 2, 4, 0], [3, 2]);
export const gatherColumnsCases: readonly GradientCase[] = [
  gradientCase('two of five', { x: normal([3, 5]), at: columns }, ({ x, at }) => gatherColumns(x, at)),
];
export const scatterColumnsCases: readonly GradientCase[] = [
  gradientCase('two of five', { x: normal([3, 2]), at: columns }, ({ x, at }) => scatterColumns(x, at, 5)),
];
