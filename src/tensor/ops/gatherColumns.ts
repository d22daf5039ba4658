/** Chosen columns of each row, and their way back: each is the other's gradient. */
import { apply } from '../apply.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const gatherColumnsRules: OpRules<'gatherColumns'> = {
  shape: ({ x, indices }) => {
    expectShape('gatherColumns', 'x', x, [undefined, undefined]);
    const [rows, columns] = x.shape as [number, number];
    expectShape('gatherColumns', 'indices', indices, [rows, undefined]);
    const picked = indices.shape[1]!;
    return { outputs: { out: f32([rows, picked]) }, numbers: { rows, columns, picked } };
  },
  backward: backwardRule<'gatherColumns'>()(['indices'], ({ indices }, { out }, { numbers }) => ({
    x: scatterColumns(out!, indices, numbers.columns),
  })),
  dtypes: { indices: indexDType },
};

export const scatterColumnsRules: OpRules<'scatterColumns'> = {
  shape: ({ x, indices }, { columns = 0 }) => {
    expectShape('scatterColumns', 'x', x, [undefined, undefined]);
    const [rows, picked] = x.shape as [number, number];
    expectShape('scatterColumns', 'indices', indices, [rows, picked]);
    return { outputs: { out: f32([rows, columns]) }, numbers: { rows, columns, picked } };
  },
  backward: backwardRule<'scatterColumns'>()(['indices'], ({ indices }, { out }) => ({
    x: gatherColumns(out!, indices),
  })),
  dtypes: { indices: indexDType },
};

/** out[t, j] = x[t, indices[t, j]]: x (T, C) and indices (T, k) give (T, k). */
export const gatherColumns = (x: Tensor, indices: Tensor): Tensor =>
  apply('gatherColumns', gatherColumnsRules, { x, indices }).out;

/** out[t, indices[t, j]] = x[t, j] and 0 elsewhere: x (T, k) and indices (T, k), distinct in a row, give (T, columns). */
export const scatterColumns = (x: Tensor, indices: Tensor, columns: number): Tensor =>
  apply('scatterColumns', scatterColumnsRules, { x, indices }, { columns }).out;
