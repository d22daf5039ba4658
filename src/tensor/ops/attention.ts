import { attentionKeyBlock, maxHeadSize } from '../../contract/index.js';
import { apply } from '../apply.js';
import { backwardRule, f32, floats, indexDType, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { segmentsOf } from '../sequences.js';
import { expectAtMost, expectShape, formatShape, shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const attentionRules: OpRules<'attention'> = {
  shape: ({ q, k, v, keyPages, valuePages, pageTable, offsets, starts }, { causal = 1, scale }) => {
    expectShape('attention', 'q', q, [undefined, undefined, undefined]);
    const [rows, heads, headSize] = q.shape as [number, number, number];
    expectAtMost('attention: head size', maxHeadSize, headSize);
    const segments = segmentsOf('attention', offsets);
    if (starts !== undefined) expectShape('attention', 'starts', starts, [segments]);
    let kvHeads: number;
    let pages = { pageTokens: 0, maxPages: 0, pages: 0 };
    if (keyPages !== undefined && valuePages !== undefined && pageTable !== undefined) {
      pages = checkPages('attention', { keyPages, valuePages, pageTable }, segments);
      expectShape('attention', 'keyPages', keyPages, [undefined, undefined, undefined, headSize]);
      kvHeads = keyPages.shape[2]!;
    } else if (k !== undefined && v !== undefined) {
      expectShape('attention', 'k', k, [rows, undefined, headSize]);
      kvHeads = k.shape[1]!;
      expectShape('attention', 'v', v, k.shape);
    } else {
      shapeError('attention', 'k, v', 'keys and values, or pages of them with a table', 'neither');
    }
    if (kvHeads === 0 || heads % kvHeads !== 0) {
      shapeError('attention', 'q', `a multiple of ${kvHeads} key/value heads`, `${heads} heads`);
    }
    const numbers = {
      rows,
      segments,
      heads,
      kvHeads,
      headSize,
      causal,
      ...pages,
      bf16Products: keyPages?.dtype === 'bf16' ? 1 : 0,
      scale: scale ?? 1 / Math.sqrt(headSize),
    };
    return { outputs: { out: f32(q.shape), logSumExp: f32([rows, heads]) }, numbers };
  },
  backward: backwardRule<'attention'>()(
    ['q', 'k', 'v', 'offsets', 'out', 'logSumExp'],
    ({ q, k, v, offsets, out, logSumExp }, dOutputs, { numbers: { causal, scale } }) => {
      const inputs = { q, k: k!, v: v!, offsets, out, logSumExp, dOut: dOutputs.out! };
      const { dQ, dK, dV } = apply('attentionBackward', attentionBackwardRules, inputs, { causal, scale });
      return { q: dQ, k: dK, v: dV };
    },
  ),
  dtypes: { keyPages: floats, valuePages: floats, pageTable: indexDType, offsets: indexDType, starts: indexDType },
  undifferentiable: ({ keyPages }) =>
    keyPages && 'call `attention` with whole sequences: `pagedAttention` has no gradient',
};

export const attentionBackwardRules: OpRules<'attentionBackward'> = {
  shape: ({ q, k, v, offsets }, { causal = 1, scale = 1 }) => {
    const [rows, heads, headSize] = q.shape as [number, number, number];
    const segments = segmentsOf('attentionBackward', offsets);
    return {
      outputs: { dQ: f32(q.shape), dK: f32(k.shape), dV: f32(v.shape), rest: f32([rows, heads]) },
      numbers: { rows, segments, heads, kvHeads: k.shape[1]!, headSize, causal, scale },
    };
  },
  backward: null,
  dtypes: { offsets: indexDType },
};

/** Keys and values of earlier and present rows, in pages that sequences own and a table finds. */
export interface KeyValuePages {
  /**
   * (pages, pageTokens, G, Dh), f32, bf16 or f16; pageTokens is a multiple of `attentionKeyBlock`. Attention to pages of bf16
   * rounds the queries and the weights to bf16 as well, and sums in f32.
   */
  readonly keyPages: Tensor;
  /** As `keyPages`. */
  readonly valuePages: Tensor;
  /** i32 (S, maxPages): the pages of each segment's sequence, in order. */
  readonly pageTable: Tensor;
}

/** Checks the shapes of pages and their table. */
export function checkPages(
  op: string,
  { keyPages, valuePages, pageTable }: KeyValuePages,
  segments: number,
): { pageTokens: number; maxPages: number; pages: number } {
  expectShape(op, 'keyPages', keyPages, [undefined, undefined, undefined, undefined]);
  expectShape(op, 'valuePages', valuePages, keyPages.shape);
  if (valuePages.dtype !== keyPages.dtype) shapeError(op, 'valuePages', keyPages.dtype, valuePages.dtype);
  expectShape(op, 'pageTable', pageTable, [segments, undefined]);
  const [pages, pageTokens] = keyPages.shape as [number, number];
  if (pageTokens === 0 || pageTokens % attentionKeyBlock !== 0) {
    shapeError(op, 'keyPages', `pages of a multiple of ${attentionKeyBlock} tokens`, formatShape(keyPages.shape));
  }
  return { pageTokens, maxPages: pageTable.shape[1]!, pages };
}

export interface AttentionOptions {
  /** i32 (S+1): segment s has rows [offsets[s], offsets[s+1]), which see no other segment. */
  readonly offsets: Tensor;
  /** Whether a row sees nothing after itself. */
  readonly causal: boolean;
  /** 1/√Dh unless given. */
  readonly scale?: number | undefined;
}

export interface PagedAttentionOptions extends AttentionOptions, KeyValuePages {
  /** i32 (S): the position of each segment's first row in its sequence. */
  readonly starts: Tensor;
}

const attributesOf = ({ causal, scale }: AttentionOptions) => ({
  causal: causal ? 1 : 0,
  ...(scale === undefined ? {} : { scale }),
});

/** softmax(scale · q kᵀ) v within segments: q is (T, H, Dh), k and v are (T, G, Dh) with H a multiple of G; out is (T, H, Dh). */
export const attention = (q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor =>
  scope(() => apply('attention', attentionRules, { q, k, v, offsets: options.offsets }, attributesOf(options)).out);

/**
 * Attention of q (T, H, Dh) to the keys and values in pages, those of the present rows included: append them first with
 * `appendKeyValue`. Has no gradient.
 */
export const pagedAttention = (q: Tensor, options: PagedAttentionOptions): Tensor =>
  scope(() => {
    const { keyPages, valuePages, pageTable, offsets, starts } = options;
    const inputs = { q, keyPages, valuePages, pageTable, offsets, starts };
    return apply('attention', attentionRules, inputs, attributesOf(options)).out;
  });
