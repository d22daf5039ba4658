import type { Kernel } from '../operands.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const siluOf = (x: number) => x * sigmoid(x);

export const silu: Kernel<'silu'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = siluOf(x[i]!);
};

export const siluBackward: Kernel<'siluBackward'> = ({ x, dOut, dX, count }) => {
  for (let i = 0; i < count; i++) {
    const s = sigmoid(x[i]!);
    dX[i] = dOut[i]! * s * (1 + x[i]! * (1 - s));
  }
};
