import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const crossEntropyBackwardRules: OpRules<'crossEntropyBackward'> = {
  shape: ({ logits }) => {
    const [rows, columns] = logits.shape as [number, number];
    return { outputs: { dLogits: f32(logits.shape) }, numbers: { rows, columns } };
  },
  backward: null,
  dtypes: { labels: indexDType },
};

export const crossEntropyRules: OpRules<'crossEntropy'> = {
  shape: ({ logits, labels }) => {
    expectShape('crossEntropy', 'logits', logits, [undefined, undefined]);
    const [rows, columns] = logits.shape as [number, number];
    expectShape('crossEntropy', 'labels', labels, [rows]);
    return { outputs: { loss: f32([rows]), logSumExp: f32([rows]) }, numbers: { rows, columns } };
  },
  backward: backwardRule<'crossEntropy'>()(['logits', 'labels', 'logSumExp'], (saved, { loss }) => ({
    logits: apply('crossEntropyBackward', crossEntropyBackwardRules, { ...saved, dLoss: loss! }).dLogits,
  })),
  dtypes: { labels: indexDType },
};

/** Per row of logits (T, V): -log softmax(logits[t])[labels[t]], and 0 where the i32 label is negative (ignored). */
export const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  scope(() => apply('crossEntropy', crossEntropyRules, { logits, labels }).loss);
