/**
 * Grouped-query attention: q, k, v and output projections around the attention op. Queries and keys may pass a norm of their
 * heads and a rotation by their positions on the way; without one there is no positional encoding.
 */
import { appendKeyValue, attention, pagedAttention, type Tensor } from '../tensor/index.js';
import { Activations } from './activations.js';
import { loadLinear, type Projection } from './linear.js';
import type { RmsNorm } from './norm.js';
import type { Rotary } from './rotary.js';
import type { Segments } from './segments.js';
import type { KvCache } from './state.js';
import type { WeightSource } from './weights.js';

export interface AttentionShape {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly causal: boolean;
  /** Which projections have a bias: none unless told. */
  readonly bias?: 'none' | 'queryKeyValue' | 'all' | undefined;
}

/** What queries and keys go through on their way to each other. */
export interface HeadOptions {
  readonly rotary?: Rotary | undefined;
  /** Norms over each head's Dh elements, before the rotation. */
  readonly norms?: { readonly query: RmsNorm; readonly key: RmsNorm } | undefined;
}

export class Attention {
  constructor(
    private readonly shape: AttentionShape,
    readonly query: Projection,
    readonly key: Projection,
    readonly value: Projection,
    readonly output: Projection,
    private readonly heads: HeadOptions = {},
  ) {}

  /** `names` are those of the four projections. */
  static async load(
    weights: WeightSource,
    names: { query: string; key: string; value: string; output: string },
    shape: AttentionShape,
    options: HeadOptions = {},
  ): Promise<Attention> {
    const { hidden, heads, kvHeads, headSize } = shape;
    const bias = shape.bias === 'all' || shape.bias === 'queryKeyValue';
    return new Attention(
      shape,
      await loadLinear(weights, names.query, { outputs: heads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.key, { outputs: kvHeads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.value, { outputs: kvHeads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.output, {
        outputs: hidden,
        inputs: heads * headSize,
        bias: shape.bias === 'all',
      }),
      options,
    );
  }

  /** x (T, D); with a cache, the rows are appended to it and attend to all that it holds of their sequence. */
  forward(x: Tensor, segments: Segments, cache?: KvCache): Tensor {
    const { heads, kvHeads, headSize, causal } = this.shape;
    const rows = new Activations(x);
    const { norms } = this.heads;
    const part = (projection: Projection, heads: number) =>
      projection.forward(rows, segments).reshape([segments.rows, heads, headSize]);
    const q = this.head(part(this.query, heads), segments, norms?.query);
    const k = this.head(part(this.key, kvHeads), segments, norms?.key);
    const v = part(this.value, kvHeads);
    const { offsets, starts, pageTable } = segments;
    let mixed: Tensor;
    if (cache === undefined || starts === undefined || pageTable === undefined) {
      mixed = attention(q, k, v, { offsets, causal });
    } else {
      const pages = { keyPages: cache.keys, valuePages: cache.values, pageTable, offsets, starts };
      appendKeyValue(k, v, pages);
      mixed = pagedAttention(q, { ...pages, causal });
    }
    return this.output.forward(mixed.reshape([segments.rows, heads * headSize]), segments);
  }
  private head(x: Tensor, segments: Segments, norm: RmsNorm | undefined): Tensor {
    const normed = norm?.forward(x) ?? x;
    return this.heads.rotary?.forward(normed, segments) ?? normed;
  }
}
