import type { Kernel } from '../operands.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const siluOf = (x: number) => x * sigmoid(x);

export const silu: Kernel<'silu'> = ({ x, up, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = siluOf(x[i]!) * (up?.[i] ?? 1);
};

export const siluBackward: Kernel<'siluBackward'> = ({ x, up, dOut, dX, dUp, count }) => {
  for (let i = 0; i < count; i++) {
    const s = sigmoid(x[i]!);
    dX[i] = dOut[i]! * (up?.[i] ?? 1) * s * (1 + x[i]! * (1 - s));
    if (dUp !== undefined) dUp[i] = dOut[i]! * siluOf(x[i]!);
  }
};
