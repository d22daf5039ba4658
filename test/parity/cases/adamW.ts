import { floats } from '../harness.js';
import { elementwise } from './elementwise.js';

const constants = (rate: number, decay: number, step: number, gradientScale: number) =>
  Object.fromEntries(
    Object.entries({
      rate,
      decay,
      beta1: 0.9,
      beta2: 0.95,
      eps: 1e-8,
      firstCorrection: 1 / (1 - 0.9 ** step),
      secondCorrection: 1 / (1 - 0.95 ** step),
      gradientScale,
    }).map(([name, value]) => [name, Math.fround(value)]),
  );

const operands = (gradientSize: number) => (count: number) => {
  const second = floats(count, 4);
  return {
    parameter: floats(count, 1),
    gradient: floats(count, 2, gradientSize),
    first: floats(count, 3),
    second: { ...second, data: second.data.map(Math.abs) },
  };
};

const zeros = (count: number) => ({ dtype: 'f32' as const, data: new Float32Array(count) });

export const adamW = [
  ...elementwise(operands(1), '', constants(1e-2, 0.1, 3, 0.5)),
  ...elementwise(operands(1e4), '', constants(1e-1, 0, 1000, 1), [257]),
  ...elementwise(
    (count) => ({ ...operands(1)(count), rounded: { dtype: 'bf16', data: new Uint16Array(count) } }),
    '',
    constants(1e-2, 0.1, 3, 0.5),
    [7, 257],
  ),
  // A first step, and one without a gradient.
  ...elementwise(
    (count) => ({ ...operands(1e-3)(count), first: zeros(count), second: zeros(count) }),
    '',
    constants(1e-3, 0.1, 1, 1),
    [65],
  ),
  ...elementwise(
    (count) => ({ ...operands(1)(count), gradient: zeros(count), first: zeros(count), second: zeros(count) }),
    '',
    constants(1e-3, 0.1, 1, 1),
    [65],
  ),
];
