/** BERT and RoBERTa as masked language models: encoder, transform and tied head with bias, no pooler (arXiv 1810.04805). */
import type { ConfigFields } from '../configFields.js';
import type { LayerShape, ModelShape } from '../shape.js';
import { readAttention } from './parts.js';

export function readBert(
  fields: ConfigFields,
  { vocabulary, positions, tokenTypes }: { vocabulary: number; positions: number; tokenTypes: number },
): ModelShape {
  const hiddenSize = fields.size('hidden_size', 768);
  const heads = fields.size('num_attention_heads', 12);
  const layer: LayerShape = {
    mixer: readAttention(fields, { hiddenSize, heads, bias: 'all' }),
    feedForward: {
      inner: fields.size('intermediate_size', 3072),
      gated: false,
      bias: true,
      experts: 1,
      expertsPerToken: 1,
    },
    norms: 2,
  };
  fields.withoutEffect(
    'hidden_act',
    'layer_norm_eps',
    'position_embedding_type',
    'is_decoder',
    'gradient_checkpointing',
  );
  fields.withoutEffect('attention_probs_dropout_prob', 'hidden_dropout_prob', 'classifier_dropout');
  fields.withoutEffect('directionality', 'pooler_fc_size', 'pooler_num_attention_heads', 'pooler_num_fc_layers');
  fields.withoutEffect('pooler_size_per_head', 'pooler_type');
  return {
    family: 'bert',
    vocabularySize: fields.size('vocab_size', vocabulary),
    hiddenSize,
    layers: Array.from({ length: fields.layers('num_hidden_layers', 12) }, () => layer),
    causal: false,
    tiedHead: fields.flag('tie_word_embeddings', true),
    headBias: true,
    headTransform: true,
    normBias: true,
    // Of the embeddings: the layers are post-norm, and the last layer's norm ends the stack.
    outerNorms: 1,
    positions: fields.size('max_position_embeddings', positions),
    tokenTypes: fields.size('type_vocab_size', tokenTypes),
  };
}
