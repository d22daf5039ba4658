import { apply } from '../apply.js';
import { f32, floats, type OpRules } from '../rule.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const quantizeRowsRules: OpRules<'quantizeRows'> = {
  shape: ({ x }) => {
    expectShape('quantizeRows', 'x', x, [undefined, undefined]);
    const [rows, columns] = x.shape as [number, number];
    return { outputs: { values: { shape: x.shape, dtype: 'i8' }, scale: f32([rows]) }, numbers: { rows, columns } };
  },
  backward: null,
  dtypes: { x: floats },
};

/** w (R, C) as int8 with one scale (R) per row: scale = max|w| / 127, values = round(w / scale), ties to even. */
export const quantizeRows = (w: Tensor): { readonly values: Tensor; readonly scale: Tensor } =>
  apply('quantizeRows', quantizeRowsRules, { x: w });
