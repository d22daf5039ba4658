import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const moeCombine: Kernel<'moeCombine'> = ({ y, weights, position, out, rows, k, columns }) => {
  checkIndices('moeCombine', position, rows * k, rows * k);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < columns; i++) {
      let sum = 0;
      for (let j = t * k; j < (t + 1) * k; j++) sum += weights[j]! * y[position[j]! * columns + i]!;
      out[t * columns + i] = sum;
    }
  }
};

export const moeCombineBackward: Kernel<'moeCombineBackward'> = (args) => {
  const { y, weights, position, dOut, dY, dWeights, rows, k, columns } = args;
  checkIndices('moeCombineBackward', position, rows * k, rows * k);
  for (let choice = 0; choice < rows * k; choice++) {
    const grad = Math.floor(choice / k) * columns;
    const row = position[choice]! * columns;
    let sum = 0;
    for (let i = 0; i < columns; i++) {
      if (dY !== undefined) dY[row + i] = weights[choice]! * dOut[grad + i]!;
      sum += dOut[grad + i]! * y[row + i]!;
    }
    if (dWeights !== undefined) dWeights[choice] = sum;
  }
};
