/** Parts that configurations of several families have in common. */
import type { ConfigFields } from '../configFields.js';
import type { AttentionShape, MambaShape } from '../shape.js';

/** Heads, key/value heads and their size: `head_dim` if it is there, else hidden size / heads. */
export function readAttention(
  fields: ConfigFields,
  {
    hiddenSize,
    heads,
    defaultKvHeads,
    bias = 'none',
    headNorms = false,
  }: {
    hiddenSize: number;
    heads: number;
    /** Without it the key/value heads are the query heads, and the field is not asked for. */
    defaultKvHeads?: number;
    bias?: AttentionShape['bias'];
    headNorms?: boolean;
  },
): AttentionShape {
  const kvHeads = defaultKvHeads === undefined ? heads : fields.size('num_key_value_heads', defaultKvHeads);
  if (heads % kvHeads !== 0) fields.fail('num_key_value_heads', `a divisor of num_attention_heads ${heads}`, kvHeads);
  if (!fields.has('head_dim') && hiddenSize % heads !== 0) {
    fields.fail('num_attention_heads', `a divisor of hidden_size ${hiddenSize}`, heads);
  }
  const headSize = fields.has('head_dim') ? fields.size('head_dim') : hiddenSize / heads;
  return { kind: 'attention', heads, kvHeads, headSize, bias, headNorms, relativePositions: 0 };
}

/** The Mamba mixer; a rank of "auto" is hidden size / 16, rounded up. */
export function readMamba(
  fields: ConfigFields,
  {
    hiddenSize,
    names,
    convBias,
    projectionBias,
    innerNorms,
  }: {
    hiddenSize: number;
    names: Readonly<Record<'stateSize' | 'convWidth' | 'expand' | 'dtRank', string>>;
    convBias: string;
    projectionBias: string;
    innerNorms: boolean;
  },
): MambaShape {
  const inner = fields.positive(names.expand, 2) * hiddenSize;
  if (!Number.isInteger(inner)) {
    fields.fail(names.expand, `a whole number when multiplied with hidden_size ${hiddenSize}`, inner / hiddenSize);
  }
  return {
    kind: 'mamba',
    inner,
    stateSize: fields.size(names.stateSize, 16),
    convWidth: fields.size(names.convWidth, 4),
    dtRank: fields.is(names.dtRank, 'auto') ? Math.ceil(hiddenSize / 16) : fields.size(names.dtRank),
    convBias: fields.flag(convBias, true),
    projectionBias: fields.flag(projectionBias, false),
    innerNorms,
  };
}
