import type { Kernel } from '../operands.js';

/** Density of the standard normal distribution. */
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The standard normal distribution function P(x) = (1 + erf(x / √2)) / 2 in float64. Near zero by Marsaglia's series
 * 1/2 + density · (x + x³/3 + x⁵/(3·5) + ...), whose terms have one sign; beyond 3 by Laplace's continued fraction of the
 * tail, density / (a + 1/(a + 2/(a + 3/(a + ...)))), which keeps the tail's relative accuracy.
 */
export function normalDistribution(x: number): number {
  if (Math.abs(x) < 3) {
    let term = x;
    let sum = x;
    for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    return 0.5 + density(x) * sum;
  }
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  let fraction = a;
  for (let k = 150; k > 0; k--) fraction = a + k / fraction;
  const tail = density(a) / fraction;
  return x < 0 ? tail : 1 - tail;
}

export const gelu: Kernel<'gelu'> = ({ x, out, count }) => {
  for (let i = 0; i < count; i++) out[i] = x[i]! * normalDistribution(x[i]!);
};

export const geluBackward: Kernel<'geluBackward'> = ({ x, dOut, dX, count }) => {
  for (let i = 0; i < count; i++) dX[i] = dOut[i]! * (normalDistribution(x[i]!) + x[i]! * density(x[i]!));
};
