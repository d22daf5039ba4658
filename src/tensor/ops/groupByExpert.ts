import { apply } from '../apply.js';
import { i32, indexDType, type OpRules } from '../rule.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const groupByExpertRules: OpRules<'groupByExpert'> = {
  shape: ({ indices }, { experts = 0 }) => {
    expectShape('groupByExpert', 'indices', indices, [undefined, undefined]);
    const [rows, k] = indices.shape as [number, number];
    const each = i32([rows * k]);
    return { outputs: { source: each, position: each, offsets: i32([experts + 1]) }, numbers: { rows, k, experts } };
  },
  backward: null,
  dtypes: { indices: indexDType },
};

export interface ExpertGroups {
  /** (T·k): the row of each sorted place. */
  readonly source: Tensor;
  /** (T·k): the sorted place of choice j of row t, at t·k + j. */
  readonly position: Tensor;
  /** (E+1): the first sorted place of each expert. */
  readonly offsets: Tensor;
}

/** Sorts the choices `indices` (T, k) of rows by expert, stably. All results are i32. */
export const groupByExpert = (indices: Tensor, experts: number): ExpertGroups =>
  apply('groupByExpert', groupByExpertRules, { indices }, { experts });
