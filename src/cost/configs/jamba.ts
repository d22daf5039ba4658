/** Jamba: Mamba layers with a few attention layers between them, dense or expert feed-forwards (arXiv 2403.19887, 2408.12570). */
import type { ConfigFields } from '../configFields.js';
import type { FeedForwardShape, LayerShape, ModelShape } from '../shape.js';
import { readAttention, readMamba } from './parts.js';

/** Defaults are those of Transformers' JambaConfig. */
export function readJamba(fields: ConfigFields): ModelShape {
  const hiddenSize = fields.size('hidden_size', 4096);
  const heads = fields.size('num_attention_heads', 32);
  const attention = readAttention(fields, { hiddenSize, heads, defaultKvHeads: Math.min(8, heads) });
  const mamba = readMamba(fields, {
    hiddenSize,
    names: { stateSize: 'mamba_d_state', convWidth: 'mamba_d_conv', expand: 'mamba_expand', dtRank: 'mamba_dt_rank' },
    convBias: 'mamba_conv_bias',
    projectionBias: 'mamba_proj_bias',
    innerNorms: fields.flag('mamba_inner_layernorms', true),
  });
  const rule = (name: 'attn' | 'expert', period: number, offset: number) => {
    const read = {
      period: fields.size(`${name}_layer_period`, period),
      offset: fields.index(`${name}_layer_offset`, offset),
    };
    if (read.offset >= read.period) {
      fields.fail(`${name}_layer_offset`, `less than ${name}_layer_period ${read.period}`, read.offset);
    }
    return (layer: number) => layer % read.period === read.offset;
  };
  const experts = fields.experts('num_experts', 16);
  const expertsPerToken = fields.experts('num_experts_per_tok', Math.min(2, experts));
  if (expertsPerToken > experts) fields.fail('num_experts_per_tok', `at most num_experts ${experts}`, expertsPerToken);
  const attends = rule('attn', 8, 4);
  const mixes = rule('expert', 2, 1);
  const dense: FeedForwardShape = {
    inner: fields.size('intermediate_size', 14336),
    gated: true,
    bias: false,
    experts: 1,
    expertsPerToken: 1,
  };
  const layers = Array.from(
    { length: fields.layers('num_hidden_layers', 32) },
    (_, i): LayerShape => ({
      mixer: attends(i) ? attention : mamba,
      feedForward: experts > 1 && mixes(i) ? { ...dense, experts, expertsPerToken } : dense,
      norms: 2,
    }),
  );
  return {
    family: 'jamba',
    vocabularySize: fields.size('vocab_size', 65536),
    hiddenSize,
    layers,
    causal: true,
    tiedHead: fields.flag('tie_word_embeddings', false),
    headBias: false,
    headTransform: false,
    normBias: false,
    outerNorms: 1,
    positions: 0,
    tokenTypes: 0,
  };
}
