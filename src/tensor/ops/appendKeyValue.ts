import { apply } from '../apply.js';
import { floats, indexDType, type OpRules } from '../rule.js';
import { segmentsOf } from '../sequences.js';
import { expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkPages, type KeyValuePages } from './attention.js';

export const appendKeyValueRules: OpRules<'appendKeyValue'> = {
  shape: ({ k, v, keyPages, valuePages, pageTable, offsets, starts }) => {
    const segments = segmentsOf('appendKeyValue', offsets);
    expectShape('appendKeyValue', 'starts', starts, [segments]);
    const sizes = checkPages('appendKeyValue', { keyPages, valuePages, pageTable }, segments);
    const [, , kvHeads, headSize] = keyPages.shape as [number, number, number, number];
    expectShape('appendKeyValue', 'k', k, [undefined, kvHeads, headSize]);
    expectShape('appendKeyValue', 'v', v, k.shape);
    return { outputs: {}, numbers: { rows: k.shape[0]!, segments, width: kvHeads * headSize, ...sizes } };
  },
  backward: null,
  dtypes: { keyPages: floats, valuePages: floats, pageTable: indexDType, offsets: indexDType, starts: indexDType },
};

export interface AppendOptions extends KeyValuePages {
  /** i32 (S+1): segment s has rows [offsets[s], offsets[s+1]) of k and v. */
  readonly offsets: Tensor;
  /** i32 (S): the position of each segment's first row in its sequence. */
  readonly starts: Tensor;
}

/** Writes k and v (T, G, Dh) to their positions in the pages, rounded to the pages' dtype. In place; has no gradient. */
export function appendKeyValue(k: Tensor, v: Tensor, options: AppendOptions): void {
  const { keyPages, valuePages, pageTable, offsets, starts } = options;
  apply('appendKeyValue', appendKeyValueRules, { k, v, keyPages, valuePages, pageTable, offsets, starts });
}
