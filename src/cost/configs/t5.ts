/** T5: an encoder and a decoder that attends to it; heads need not divide the hidden size (arXiv 1910.10683). */
import type { ConfigFields } from '../configFields.js';
import type { AttentionShape, FeedForwardShape, LayerShape, ModelShape } from '../shape.js';

export function readT5(fields: ConfigFields): ModelShape {
  const hiddenSize = fields.size('d_model', 512);
  const heads = fields.size('num_heads', 8);
  const attention: AttentionShape = {
    kind: 'attention',
    heads,
    kvHeads: heads,
    headSize: fields.size('d_kv', 64),
    bias: 'none',
    headNorms: false,
    relativePositions: 0,
  };
  const projection = fields.oneOf('feed_forward_proj', ['relu', 'gated-gelu', 'gated-silu', 'gelu', 'silu'], 'relu');
  const feedForward: FeedForwardShape = {
    inner: fields.size('d_ff', 2048),
    gated: projection.startsWith('gated-'),
    bias: false,
    experts: 1,
    expertsPerToken: 1,
  };
  // The first layer of each stack has the table of relative positions for all of it.
  const first = { ...attention, relativePositions: fields.size('relative_attention_num_buckets', 32) };
  const stack = (count: number, crosses: boolean) =>
    Array.from(
      { length: count },
      (_, i): LayerShape => ({
        mixer: i === 0 ? first : attention,
        ...(crosses ? { crossAttention: attention } : {}),
        feedForward,
        norms: crosses ? 3 : 2,
      }),
    );
  const layers = fields.layers('num_layers', 6);
  fields.withoutEffect('dropout_rate', 'layer_norm_epsilon', 'initializer_factor', 'is_encoder_decoder', 'n_positions');
  fields.withoutEffect('relative_attention_max_distance', 'dense_act_fn', 'is_gated_act', 'decoder_start_token_id');
  fields.withoutEffect('task_specific_params', 'output_past', 'classifier_dropout');
  return {
    family: 't5',
    vocabularySize: fields.size('vocab_size', 32128),
    hiddenSize,
    layers: stack(fields.has('num_decoder_layers') ? fields.layers('num_decoder_layers') : layers, true),
    encoderLayers: stack(layers, false),
    causal: true,
    tiedHead: fields.flag('tie_word_embeddings', true),
    headBias: false,
    headTransform: false,
    normBias: false,
    outerNorms: 2,
    positions: 0,
    tokenTypes: 0,
  };
}
