import { JambalayaError } from '../../../errors/index.js';
import type { Kernel, Values } from '../operands.js';
import { logSumExp as rowLogSumExp } from './logSumExp.js';

/** A negative label is an ignored row, whichever it is; none may reach `columns`. */
function checkLabels(op: string, labels: Values, rows: number, columns: number): void {
  for (let r = 0; r < rows; r++) {
    if (labels[r]! < columns) continue;
    throw new JambalayaError('device', {
      device: 'reference',
      reason: `${op}: label ${labels[r]} of ${columns} classes`,
    });
  }
}

export const crossEntropy: Kernel<'crossEntropy'> = ({ logits, labels, loss, logSumExp, rows, columns }) => {
  checkLabels('crossEntropy', labels, rows, columns);
  for (let r = 0; r < rows; r++) {
    logSumExp[r] = rowLogSumExp(logits, r * columns, columns);
    loss[r] = labels[r]! < 0 ? 0 : logSumExp[r]! - logits[r * columns + labels[r]!]!;
  }
};

/** dLogits = dLoss · (softmax - [column = label]); zero for an ignored row. */
export const crossEntropyBackward: Kernel<'crossEntropyBackward'> = (args) => {
  const { logits, labels, logSumExp, dLoss, dLogits, rows, columns } = args;
  checkLabels('crossEntropyBackward', labels, rows, columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const probability = Math.exp(logits[r * columns + c]! - logSumExp[r]!);
      dLogits[r * columns + c] = labels[r]! < 0 ? 0 : dLoss[r]! * (probability - (c === labels[r] ? 1 : 0));
    }
  }
};
