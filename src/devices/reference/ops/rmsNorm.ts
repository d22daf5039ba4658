import type { Kernel } from '../operands.js';

export const rmsNorm: Kernel<'rmsNorm'> = ({ x, weight, out, inverseRms, rows, columns, eps }) => {
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += x[r * columns + c]! ** 2;
    const inverse = 1 / Math.sqrt(squares / columns + eps);
    inverseRms[r] = inverse;
    for (let c = 0; c < columns; c++) out[r * columns + c] = x[r * columns + c]! * inverse * weight[c]!;
  }
};

/** With y = x · inverseRms: dX = inverseRms · (weight · dOut - y · mean(weight · dOut · y)). */
export const rmsNormBackward: Kernel<'rmsNormBackward'> = (args) => {
  const { x, weight, inverseRms, dOut, dX, dWeight, rows, columns } = args;
  dWeight?.fill(0, 0, columns);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    let mean = 0;
    for (let c = 0; c < columns; c++) mean += (dOut[at + c]! * weight[c]! * x[at + c]! * inverseRms[r]!) / columns;
    for (let c = 0; c < columns; c++) {
      const y = x[at + c]! * inverseRms[r]!;
      if (dX !== undefined) dX[at + c] = inverseRms[r]! * (dOut[at + c]! * weight[c]! - y * mean);
      if (dWeight !== undefined) dWeight[c]! += dOut[at + c]! * y;
    }
  }
};
