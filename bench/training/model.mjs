/** What is trained: a hybrid of about 9M active parameters, with random weights and random tokens. */
import { countFlops, readModelShape, wholeSequence } from 'jambalaya/cost';

export const config = {
  model_type: 'jamba',
  vocab_size: 4096,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 8,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  attn_layer_period: 8,
  attn_layer_offset: 4,
  expert_layer_period: 2,
  expert_layer_offset: 1,
  num_experts: 4,
  num_experts_per_tok: 2,
  mamba_d_state: 16,
  mamba_d_conv: 4,
  mamba_expand: 2,
  tie_word_embeddings: true,
};

/** A Llama with as many active parameters: a dense feed-forward of the width of two experts in every layer. */
export const llama = {
  vocab_size: 4096,
  hidden_size: 256,
  intermediate_size: 1024,
  num_hidden_layers: 8,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 8192,
  tie_word_embeddings: true,
};

export const { shape } = readModelShape(config);

/** Parts of the forward pass that are products with weights. */
const products = ['attentionProjections', 'mambaProjections', 'router', 'experts', 'denseMlp', 'head'];

/** FLOPs of a step's products with weights, forward and backward, nothing counted twice; attention's scores are not among them. */
export function productFlops(context, sequences) {
  const parts = countFlops(shape, wholeSequence(shape, context));
  return sequences * products.reduce((sum, part) => sum + parts[part].forward + parts[part].backward, 0);
}

/** Token ids that look like noise, the same in every run. */
export function someIds(count, seed) {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return Int32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 3 + ((state >>> 8) % (config.vocab_size - 3));
  });
}
