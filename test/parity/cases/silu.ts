import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';

/** Normal values with the extremes that an elementwise function has to survive. */
export const extremes = (count: number, seed: number): Operand => {
  const operand = floats(count, seed, 4);
  [0, -0, 100, -100, 1e-30, -1e-30, 20.5, 88.9, -104.5].slice(0, Math.max(0, count - 1)).forEach((value, i) => {
    operand.data[i] = value;
  });
  return operand;
};

const gated = [false, true].flatMap((isGated) => paritySizes.map((count) => ({ isGated, count })));
const up = (isGated: boolean, count: number) => (isGated ? { up: floats(count, 3) } : {});

export const silu: ParityCase[] = gated.map(({ isGated, count }) => ({
  title: `${count}${isGated ? ' gated' : ''}`,
  inputs: { x: extremes(count, 1), ...up(isGated, count) },
  outputs: { out: { dtype: 'f32', length: count } },
  numbers: { count },
}));

export const siluBackward: ParityCase[] = gated.map(({ isGated, count }) => ({
  title: `${count}${isGated ? ' gated' : ''}`,
  inputs: { x: extremes(count, 1), ...up(isGated, count), dOut: floats(count, 2) },
  outputs: { dX: { dtype: 'f32', length: count }, ...(isGated ? { dUp: { dtype: 'f32', length: count } } : {}) },
  numbers: { count },
}));
