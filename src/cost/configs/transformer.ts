/**
 * Decoder-only Transformers. Those of the Llama kind (RMSNorm, SwiGLU, rotary positions without parameters) differ in
 * defaults, biases and experts; GPT-2 and GPT-NeoX have LayerNorm, biases and a plain feed-forward, GPT-2 learned positions.
 */
import type { ConfigFields } from '../configFields.js';
import type { AttentionShape, LayerShape, ModelShape } from '../shape.js';
import { readAttention } from './parts.js';

interface LlamaKind {
  readonly hidden: number;
  readonly inner: number;
  readonly vocabulary: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headSize?: number;
  readonly attentionBias?: AttentionShape['bias'];
  readonly headNorms?: boolean;
  readonly tied?: boolean;
  /** The field that has the number of experts. */
  readonly experts?: string;
}

/** Defaults by `model_type`, from Transformers' configurations. */
export const llamaKinds: Readonly<Record<string, LlamaKind>> = {
  llama: { hidden: 4096, inner: 11008, vocabulary: 32000 },
  mistral: { hidden: 4096, inner: 14336, vocabulary: 32000, kvHeads: 8 },
  mixtral: { hidden: 4096, inner: 14336, vocabulary: 32000, kvHeads: 8, experts: 'num_local_experts' },
  qwen2: { hidden: 4096, inner: 22016, vocabulary: 151936, attentionBias: 'queryKeyValue' },
  qwen3: { hidden: 4096, inner: 22016, vocabulary: 151936, headSize: 128, headNorms: true },
  gemma: { hidden: 3072, inner: 24576, vocabulary: 256000, layers: 28, heads: 16, headSize: 256, tied: true },
  phi3: { hidden: 3072, inner: 8192, vocabulary: 32064 },
};

export function readLlama(fields: ConfigFields, kind: LlamaKind): ModelShape {
  const hiddenSize = fields.size('hidden_size', kind.hidden);
  const heads = fields.size('num_attention_heads', kind.heads ?? 32);
  const bias = fields.flag('attention_bias', false) ? 'all' : (kind.attentionBias ?? 'none');
  const read = readAttention(fields, {
    hiddenSize,
    heads,
    defaultKvHeads: Math.min(kind.kvHeads ?? heads, heads),
    bias,
    headNorms: kind.headNorms ?? false,
  });
  const mixer = kind.headSize === undefined ? read : { ...read, headSize: fields.size('head_dim', kind.headSize) };
  const experts = kind.experts === undefined ? 1 : fields.size(kind.experts, 8);
  const expertsPerToken = experts > 1 ? fields.experts('num_experts_per_tok', 2) : 1;
  if (expertsPerToken > experts) fields.fail('num_experts_per_tok', `at most ${experts} experts`, expertsPerToken);
  const layer: LayerShape = {
    mixer,
    feedForward: {
      inner: fields.size('intermediate_size', kind.inner),
      gated: true,
      bias: fields.flag('mlp_bias', false),
      experts,
      expertsPerToken,
    },
    norms: 2,
  };
  fields.withoutEffect(
    'hidden_act',
    'hidden_activation',
    'rms_norm_eps',
    'rope_theta',
    'rope_scaling',
    'sliding_window',
  );
  fields.withoutEffect('rope_parameters', 'original_max_position_embeddings', 'partial_rotary_factor');
  fields.withoutEffect(
    'pretraining_tp',
    'use_sliding_window',
    'max_window_layers',
    'router_jitter_noise',
    'layer_types',
  );
  return {
    family: 'transformer',
    vocabularySize: fields.size('vocab_size', kind.vocabulary),
    hiddenSize,
    layers: Array.from({ length: fields.layers('num_hidden_layers', kind.layers ?? 32) }, () => layer),
    causal: true,
    tiedHead: fields.flag('tie_word_embeddings', kind.tied ?? false),
    headBias: false,
    headTransform: false,
    normBias: false,
    outerNorms: 1,
    positions: 0,
    tokenTypes: 0,
  };
}

/** GPT-2; an inner size that is not given is four times the hidden size. */
export function readGpt2(fields: ConfigFields): ModelShape {
  const hiddenSize = fields.size('n_embd', 768);
  const heads = fields.size('n_head', 12);
  if (hiddenSize % heads !== 0) fields.fail('n_head', `a divisor of n_embd ${hiddenSize}`, heads);
  const layer: LayerShape = {
    mixer: {
      kind: 'attention',
      heads,
      kvHeads: heads,
      headSize: hiddenSize / heads,
      bias: 'all',
      headNorms: false,
      relativePositions: 0,
    },
    feedForward: {
      inner: fields.has('n_inner') ? fields.size('n_inner') : 4 * hiddenSize,
      gated: false,
      bias: true,
      experts: 1,
      expertsPerToken: 1,
    },
    norms: 2,
  };
  fields.withoutEffect('n_ctx', 'activation_function', 'attn_pdrop', 'embd_pdrop', 'resid_pdrop', 'layer_norm_epsilon');
  fields.withoutEffect('summary_activation', 'summary_first_dropout', 'summary_proj_to_labels', 'summary_type');
  fields.withoutEffect('summary_use_proj', 'task_specific_params', 'scale_attn_weights');
  return {
    family: 'transformer',
    vocabularySize: fields.size('vocab_size', 50257),
    hiddenSize,
    layers: Array.from({ length: fields.layers('n_layer', 12) }, () => layer),
    causal: true,
    tiedHead: fields.flag('tie_word_embeddings', true),
    headBias: false,
    headTransform: false,
    normBias: true,
    outerNorms: 1,
    positions: fields.size('n_positions', 1024),
    tokenTypes: 0,
  };
}

/** GPT-NeoX, as in Pythia. */
export function readGptNeoX(fields: ConfigFields): ModelShape {
  const hiddenSize = fields.size('hidden_size', 6144);
  const heads = fields.size('num_attention_heads', 64);
  const bias = fields.flag('attention_bias', true) ? 'all' : 'none';
  const layer: LayerShape = {
    mixer: readAttention(fields, { hiddenSize, heads, bias }),
    feedForward: {
      inner: fields.size('intermediate_size', 24_576),
      gated: false,
      bias: true,
      experts: 1,
      expertsPerToken: 1,
    },
    norms: 2,
  };
  fields.withoutEffect(
    'rotary_pct',
    'rotary_emb_base',
    'layer_norm_eps',
    'use_parallel_residual',
    'classifier_dropout',
  );
  fields.withoutEffect('hidden_dropout', 'rope_scaling', 'rope_parameters');
  return {
    family: 'transformer',
    vocabularySize: fields.size('vocab_size', 50_432),
    hiddenSize,
    layers: Array.from({ length: fields.layers('num_hidden_layers', 44) }, () => layer),
    causal: true,
    tiedHead: fields.flag('tie_word_embeddings', false),
    headBias: false,
    headTransform: false,
    normBias: true,
    outerNorms: 1,
    positions: 0,
    tokenTypes: 0,
  };
}
