/** Grouped-query attention without positional encoding: q, k, v and output projections around the attention op. */
import { appendKeyValue, attention, pagedAttention, type Tensor } from '../tensor/index.js';
import { Activations } from './activations.js';
import { loadLinear, type Projection } from './linear.js';
import type { Segments } from './segments.js';
import type { KvCache } from './state.js';
import type { WeightSource } from './weights.js';

export interface AttentionShape {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly causal: boolean;
  readonly bias?: boolean;
}

export class Attention {
  constructor(
    private readonly shape: AttentionShape,
    readonly query: Projection,
    readonly key: Projection,
    readonly value: Projection,
    readonly output: Projection,
  ) {}

  /** `names` are those of the four projections. */
  static async load(
    weights: WeightSource,
    names: { query: string; key: string; value: string; output: string },
    shape: AttentionShape,
  ): Promise<Attention> {
    const { hidden, heads, kvHeads, headSize, bias = false } = shape;
    return new Attention(
      shape,
      await loadLinear(weights, names.query, { outputs: heads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.key, { outputs: kvHeads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.value, { outputs: kvHeads * headSize, inputs: hidden, bias }),
      await loadLinear(weights, names.output, { outputs: hidden, inputs: heads * headSize, bias }),
    );
  }

  /** x (T, D); with a cache, the rows are appended to it and attend to all that it holds of their sequence. */
  forward(x: Tensor, segments: Segments, cache?: KvCache): Tensor {
    const { heads, kvHeads, headSize, causal } = this.shape;
    const rows = new Activations(x);
    const q = this.query.forward(rows).reshape([segments.rows, heads, headSize]);
    const k = this.key.forward(rows).reshape([segments.rows, kvHeads, headSize]);
    const v = this.value.forward(rows).reshape([segments.rows, kvHeads, headSize]);
    const { offsets, starts, pageTable } = segments;
    let mixed: Tensor;
    if (cache === undefined || starts === undefined || pageTable === undefined) {
      mixed = attention(q, k, v, { offsets, causal });
    } else {
      const pages = { keyPages: cache.keys, valuePages: cache.values, pageTable, offsets, starts };
      appendKeyValue(k, v, pages);
      mixed = pagedAttention(q, { ...pages, causal });
    }
    return this.output.forward(mixed.reshape([segments.rows, heads * headSize]));
  }
}
