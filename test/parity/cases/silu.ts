import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';

/** Normal values with the extremes that an elementwise function has to survive. */
export const extremes = (count: number, seed: number): Operand => {
  const operand = floats(count, seed, 4);
  [0, -0, 100, -100, 1e-30, -1e-30, 20.5, 88.9, -104.5].slice(0, Math.max(0, count - 1)).forEach((value, i) => {
    operand.data[i] = value;
  });
  return operand;
};

export const silu: ParityCase[] = paritySizes.map((count) => ({
  title: `${count}`,
  inputs: { x: extremes(count, 1) },
  outputs: { out: { dtype: 'f32', length: count } },
  numbers: { count },
}));

export const siluBackward: ParityCase[] = paritySizes.map((count) => ({
  title: `${count}`,
  inputs: { x: extremes(count, 1), dOut: floats(count, 2) },
  outputs: { dX: { dtype: 'f32', length: count } },
  numbers: { count },
}));
