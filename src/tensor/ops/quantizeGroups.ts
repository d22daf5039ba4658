import { apply } from '../apply.js';
import { f32, type OpRules } from '../rule.js';
import { expectShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { groupSizes, type Int8Groups } from './matmulInt8.js';
import { panelShape } from './packPanels.js';

/** Elements that share a scale, unless told. */
const defaultGroup = 32;

export const quantizeGroupsRules: OpRules<'quantizeGroups'> = {
  shape: ({ x, gate }, { group = defaultGroup }) => {
    expectShape('quantizeGroups', 'x', x, [undefined, undefined]);
    if (gate !== undefined) expectShape('quantizeGroups', 'gate', gate, x.shape);
    const [rows, columns] = x.shape as [number, number];
    if (!groupSizes.includes(group)) shapeError('quantizeGroups', 'group', '4, 8, 16 or 32', String(group));
    const inner = panelShape(0, columns)[1];
    return {
      outputs: {
        values: { shape: [rows, inner], dtype: 'i8' },
        scale: f32([rows, inner / group]),
        sums: { shape: [rows, inner / group], dtype: 'i32' },
      },
      numbers: { rows, columns, group },
    };
  },
  backward: null,
};

/**
 * x (T, C) as int8 with one scale for every `group` (4, 8, 16 or 32) elements of a row, for integer products; with a gate (T, C)
 * x · silu(gate), in one pass over memory and with the bits of the three ops.
 */
export function quantizeGroups(x: Tensor, group = defaultGroup, gate?: Tensor): Int8Groups {
  const { values, scale, sums } = apply('quantizeGroups', quantizeGroupsRules, { x, gate }, { group });
  return { values, scale, sums, inner: x.shape[1]! };
}
