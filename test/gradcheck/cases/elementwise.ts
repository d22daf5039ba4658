import {
  add,
  cast,
  dropout,
  exp,
  gelu,
  log,
  mul,
  scale,
  sigmoid,
  silu,
  softplus,
  sub,
  type Tensor,
  tanh,
} from '../../../src/tensor/index.js';
import { between, frozen, type GradientCase, gradientCase, type Leaf, normal } from '../gradcheck.js';

const unary = (op: (x: Tensor) => Tensor, x: Leaf = normal([3, 7], 2)): readonly GradientCase[] => [
  gradientCase(op.name, { x }, (inputs) => op(inputs.x)),
  gradientCase(`${op.name} of no elements`, { x: normal([0, 3]) }, (inputs) => op(inputs.x)),
];

export const siluCases = [
  ...unary(silu),
  gradientCase('gated', { x: normal([3, 7], 2), up: normal([3, 7]) }, ({ x, up }) => silu(x, up)),
];
export const geluCases = unary(gelu);
export const softplusCases = [
  ...unary(softplus),
  gradientCase('above the cut-off', { x: between(21, 40, [9]) }, ({ x }) => softplus(x)),
];
export const sigmoidCases = unary(sigmoid);
export const expCases = unary(exp);
export const logCases = unary(log, between(0.2, 4, [3, 7]));
export const tanhCases = unary(tanh);

function broadcasts(op: (a: Tensor, b: Tensor) => Tensor): readonly GradientCase[] {
  const of = (title: string, a: Leaf, b: Leaf) => gradientCase(title, { a, b }, (inputs) => op(inputs.a, inputs.b));
  return [
    of('the same shape', normal([2, 3, 4]), normal([2, 3, 4])),
    of('a scalar', normal([2, 3, 4]), normal([])),
    of('one element', normal([2, 3, 4]), normal([1])),
    of('a vector over rows', normal([2, 3, 4]), normal([4])),
    of('a vector with leading ones', normal([2, 3, 4]), normal([1, 1, 4])),
    of('one value per row', normal([2, 3, 4]), normal([2, 3, 1])),
    of('one row', normal([1, 4]), normal([1, 1])),
    of('one column', normal([4, 1]), normal([1])),
    of('a scalar first', normal([]), normal([2, 3])),
    of('a vector first', normal([3]), normal([2, 3])),
    of('one value per row first', normal([2, 1]), normal([2, 3])),
    of('no rows', normal([0, 3]), normal([3])),
    of('a frozen second operand', normal([2, 3]), frozen(normal([3]))),
    of('a frozen first operand', frozen(normal([2, 3])), normal([3])),
    gradientCase('a tensor and itself', { x: normal([2, 3]) }, ({ x }) => op(x, x)),
    gradientCase('rows of one parameter', { x: normal([3, 4]) }, ({ x }) => op(x, x.at(1))),
  ];
}

export const addCases: readonly GradientCase[] = [
  ...broadcasts(add),
  ...broadcasts(sub).map((test) => ({ ...test, title: `sub: ${test.title}` })),
];
export const mulCases = broadcasts(mul);

export const scaleCases: readonly GradientCase[] = [
  gradientCase('factor and shift', { x: normal([3, 4]) }, ({ x }) => scale(x, -1.5, 0.25)),
];
export const castCases: readonly GradientCase[] = [
  gradientCase('to f32', { x: normal([3, 4]) }, ({ x }) => cast(x, 'f32')),
];
export const dropoutCases: readonly GradientCase[] = [
  gradientCase('a third', { x: normal([5, 31]) }, ({ x }) => dropout(x, 1 / 3, { low: 7, high: 0xffffffff })),
  gradientCase('everything', { x: normal([5]) }, ({ x }) => dropout(x, 1, { low: 1, high: 2 })),
];
