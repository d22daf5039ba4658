import { maxTopK } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, i32, type OpRules } from '../rule.js';
import { expectAtMost, expectShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { scatterColumns } from './gatherColumns.js';

export const topKRules: OpRules<'topK'> = {
  shape: ({ x }, { k = 1 }) => {
    expectShape('topK', 'x', x, [undefined, undefined]);
    const [rows, columns] = x.shape as [number, number];
    expectAtMost('topK: k', maxTopK, k);
    if (!Number.isInteger(k) || k < 1 || k > columns) shapeError('topK', 'k', `1 to ${columns}`, String(k));
    return { outputs: { values: f32([rows, k]), indices: i32([rows, k]) }, numbers: { rows, columns, k } };
  },
  backward: backwardRule<'topK'>()(['indices'], ({ indices }, { values }, { numbers }) => ({
    x: scatterColumns(values!, indices, numbers.columns),
  })),
};

/** The k largest of each row of x (T, E), largest first; of equals the lower index wins. Both results are (T, k). */
export const topK = (x: Tensor, k: number): { readonly values: Tensor; readonly indices: Tensor } =>
  apply('topK', topKRules, { x }, { k });
