/**
 * Encoders in a GGUF: llama.cpp's architecture `bert`, which has the layers alone, without the head of masked language models
 * and without the pooler.
 */
import { type GgufFile, ggufEntry, type JsonObject, type TensorEntry } from '../../formats/index.js';
import { layerCount, optional, padKey, shortest } from './commonConfig.js';
import { GgufFields } from './fields.js';
import { fromGguf, type NamePair, type NamePairs } from './names.js';

/** A weight and a bias of these names. */
const both = (pairs: readonly NamePair[]): NamePair[] =>
  pairs.flatMap(([name, gguf]): NamePair[] => [
    [`${name}.weight`, `${gguf}.weight`],
    [`${name}.bias`, `${gguf}.bias`],
  ]);

const names: NamePairs = {
  outer: [
    ['embeddings.word_embeddings.weight', 'token_embd.weight'],
    ['embeddings.position_embeddings.weight', 'position_embd.weight'],
    ['embeddings.token_type_embeddings.weight', 'token_types.weight'],
    ...both([['embeddings.LayerNorm', 'token_embd_norm']]),
  ],
  layerPrefix: 'encoder.layer.',
  layer: both([
    ['attention.self.query', 'attn_q'],
    ['attention.self.key', 'attn_k'],
    ['attention.self.value', 'attn_v'],
    ['attention.output.dense', 'attn_output'],
    ['attention.output.LayerNorm', 'attn_output_norm'],
    ['intermediate.dense', 'ffn_up'],
    ['output.dense', 'ffn_down'],
    ['output.LayerNorm', 'layer_output_norm'],
  ]),
};

/** The `config.json` that a file of this architecture stands for. */
export function bertConfigOfGguf(gguf: GgufFile): JsonObject {
  const fields = new GgufFields(gguf);
  const rows = (tensor: string) => gguf.tensors.get(tensor)?.shape[0];
  if (fields.flag('bert.attention.causal') === true) {
    fields.fail('bert.attention.causal', 'false (an encoder sees the whole text)', 'true');
  }
  return {
    model_type: 'bert',
    architectures: ['BertModel'],
    vocab_size: rows('token_embd.weight') ?? fields.texts('tokenizer.ggml.tokens').length,
    hidden_size: fields.whole('bert.embedding_length'),
    num_hidden_layers: layerCount(gguf, 'bert'),
    num_attention_heads: fields.whole('bert.attention.head_count'),
    intermediate_size: fields.whole('bert.feed_forward_length'),
    hidden_act: 'gelu',
    max_position_embeddings: rows('position_embd.weight') ?? fields.whole('bert.context_length'),
    type_vocab_size: rows('token_types.weight') ?? 2,
    layer_norm_eps: shortest(fields.number('bert.attention.layer_norm_epsilon')),
    ...optional('pad_token_id', fields.optionalWhole(padKey)),
  };
}

export function bertEntries({ tensors }: GgufFile): Map<string, TensorEntry> {
  return new Map(
    [...tensors.values()].map((tensor) => {
      const name = fromGguf(names, tensor.name) ?? tensor.name;
      return [name, ggufEntry(tensor, { name })];
    }),
  );
}
