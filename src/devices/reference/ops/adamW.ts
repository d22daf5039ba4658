import type { Kernel } from '../operands.js';

export const adamW: Kernel<'adamW'> = ({ parameter, gradient, first, second, rounded, count, ...constants }) => {
  const { rate, decay, beta1, beta2, eps, firstCorrection, secondCorrection, gradientScale } = constants;
  for (let i = 0; i < count; i++) {
    const g = gradientScale * gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const update = (first[i]! * firstCorrection) / (Math.sqrt(second[i]! * secondCorrection) + eps);
    parameter[i] = (1 - rate * decay) * parameter[i]! - rate * update;
    if (rounded !== undefined) rounded[i] = parameter[i]!;
  }
};
