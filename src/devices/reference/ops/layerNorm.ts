import type { Kernel } from '../operands.js';

export const layerNorm: Kernel<'layerNorm'> = (args) => {
  const { x, weight, bias, out, mean, inverseDeviation, rows, columns, eps } = args;
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += x[at + c]!;
    mean[r] = sum / columns;
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += (x[at + c]! - mean[r]!) ** 2;
    inverseDeviation[r] = 1 / Math.sqrt(squares / columns + eps);
    for (let c = 0; c < columns; c++) {
      out[at + c] = (x[at + c]! - mean[r]!) * inverseDeviation[r]! * weight[c]! + bias[c]!;
    }
  }
};

/**
 * With y = (x - mean) · inverseDeviation and g = weight · dOut:
 * dX = inverseDeviation · (g - mean(g) - y · mean(g · y)).
 */
export const layerNormBackward: Kernel<'layerNormBackward'> = (args) => {
  const { x, weight, mean, inverseDeviation, dOut, dX, dWeight, dBias, rows, columns } = args;
  dWeight?.fill(0, 0, columns);
  dBias?.fill(0, 0, columns);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    const y = (c: number) => (x[at + c]! - mean[r]!) * inverseDeviation[r]!;
    let meanG = 0;
    let meanGy = 0;
    for (let c = 0; c < columns; c++) {
      meanG += (weight[c]! * dOut[at + c]!) / columns;
      meanGy += (weight[c]! * dOut[at + c]! * y(c)) / columns;
    }
    for (let c = 0; c < columns; c++) {
      if (dX !== undefined) dX[at + c] = inverseDeviation[r]! * (weight[c]! * dOut[at + c]! - meanG - y(c) * meanGy);
      if (dWeight !== undefined) dWeight[c]! += dOut[at + c]! * y(c);
      if (dBias !== undefined) dBias[c]! += dOut[at + c]!;
    }
  }
};
