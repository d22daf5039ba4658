/** The objective of an adapter: the completion of each row, told from its prompt, with the base as it is. */
import { bitsPerByte, countedRows, type Objective, sumOfLosses } from '../training/index.js';
import type { Adapter } from './adapter.js';

export function completionObjective(adapter: Adapter): Objective {
  const objective: Objective = {
    name: 'completion',
    batch: (given) => given,
    pass(model, batch, _segments, options) {
      const counted = countedRows(batch);
      const rows = counted === 'all' ? Array.from(batch.labels.keys()) : counted;
      const output = adapter.forward(model, batch, rows, options);
      return { loss: sumOfLosses(output.logits!, batch, rows), output };
    },
    measure: (model, batches) => bitsPerByte(objective, model, batches),
  };
  return objective;
}
