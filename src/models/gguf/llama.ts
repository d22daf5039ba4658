/**
 * Decoders with rotary positions in a GGUF: llama.cpp's architectures `llama` (of which Mistral's files are, too), `qwen2`
 * and `qwen3`.
 *
 * Two things differ by more than names. llama.cpp turns neighbouring elements of a `llama`'s heads, so that its rows of queries
 * and keys lie in another order than Transformers'. And frequencies that Llama 3.1 derives from its configuration are the
 * tensor `rope_freqs.weight`: one divisor for each pair of elements.
 */
import { JambalayaError } from '../../errors/index.js';
import {
  type GgufFile,
  type GgufTensor,
  ggufEntry,
  type JsonObject,
  permutedRows,
  readFloats,
  type TensorEntry,
} from '../../formats/index.js';
import { commonConfig, layerCount, optional, shortest } from './commonConfig.js';
import { GgufFields } from './fields.js';
import { fromGguf, type NamePairs } from './names.js';

export const llamaNames: NamePairs = {
  outer: [
    ['model.embed_tokens.weight', 'token_embd.weight'],
    ['model.norm.weight', 'output_norm.weight'],
    ['lm_head.weight', 'output.weight'],
  ],
  layerPrefix: 'model.layers.',
  layer: [
    ['input_layernorm.weight', 'attn_norm.weight'],
    ...['q', 'k', 'v'].flatMap((which): [string, string][] =>
      ['weight', 'bias'].map((kind) => [`self_attn.${which}_proj.${kind}`, `attn_${which}.${kind}`]),
    ),
    ['self_attn.o_proj.weight', 'attn_output.weight'],
    ['self_attn.o_proj.bias', 'attn_output.bias'],
    ['self_attn.q_norm.weight', 'attn_q_norm.weight'],
    ['self_attn.k_norm.weight', 'attn_k_norm.weight'],
    ['post_attention_layernorm.weight', 'ffn_norm.weight'],
    ...['gate', 'up', 'down'].flatMap((which): [string, string][] =>
      ['weight', 'bias'].map((kind) => [`mlp.${which}_proj.${kind}`, `ffn_${which}.${kind}`]),
    ),
  ],
};

const factorsName = 'rope_freqs.weight';

/** The `config.json` that a file of one of these architectures stands for. */
export async function llamaConfigOfGguf(gguf: GgufFile, architecture: string): Promise<JsonObject> {
  const fields = new GgufFields(gguf);
  const key = (name: string) => `${architecture}.${name}`;
  const layers = layerCount(gguf, architecture);
  const same = (name: string, fallback?: number): number => {
    if (fallback !== undefined && !fields.has(key(name))) return fallback;
    const each = fields.wholePerLayer(key(name), layers);
    const [first = 0] = each;
    return each.every((size) => size === first)
      ? first
      : fields.fail(key(name), 'one number for all layers', `${each}`);
  };
  const hidden = fields.whole(key('embedding_length'));
  const heads = same('attention.head_count');
  const headSize = fields.optionalWhole(key('attention.key_length')) ?? Math.floor(hidden / Math.max(1, heads));
  const expect = (name: string, wanted: number, why: string) => {
    const found = fields.optionalWhole(key(name)) ?? wanted;
    if (found !== wanted) fields.fail(key(name), `${wanted} (${why})`, String(found));
  };
  expect('expert_count', 0, 'mixtures of experts of this architecture are not supported');
  expect('attention.value_length', headSize, 'the size of keys');
  expect('rope.dimension_count', headSize, 'whole heads are turned');
  const has = (suffix: string) => gguf.tensors.has(`blk.0.${suffix}`);
  const context = fields.optionalWhole(key('context_length'));
  const window = fields.optionalWhole(key('attention.sliding_window'));
  return {
    model_type: architecture,
    architectures: [`${architecture[0]!.toUpperCase()}${architecture.slice(1)}ForCausalLM`],
    ...commonConfig(gguf, architecture),
    hidden_size: hidden,
    num_hidden_layers: layers,
    intermediate_size: same('feed_forward_length'),
    hidden_act: 'silu',
    num_attention_heads: heads,
    num_key_value_heads: same('attention.head_count_kv', heads),
    head_dim: headSize,
    ...(architecture === 'qwen2' ? {} : { attention_bias: has('attn_q.bias') }),
    ...(has('ffn_gate.bias') ? { mlp_bias: true } : {}),
    ...optional('max_position_embeddings', context),
    ...optional('sliding_window', window),
    rope_theta: fields.has(key('rope.freq_base')) ? shortest(fields.number(key('rope.freq_base'))) : 10_000,
    rope_scaling: (await divisors(gguf, headSize, context)) ?? scaling(fields, key),
  };
}

/** `rope.scaling.*` as Transformers' `rope_scaling`. */
function scaling(fields: GgufFields, key: (name: string) => string): JsonObject | null {
  const scale = (name: string) => key(`rope.scaling.${name}`);
  const number = (name: string) => (fields.has(name) ? shortest(fields.number(name)) : undefined);
  const type = fields.text(scale('type')) ?? 'none';
  const factor = number(scale('factor')) ?? number(key('rope.scale_linear'));
  const original = fields.optionalWhole(scale('original_context_length'));
  if (type === 'linear') return { rope_type: 'linear', factor: factor ?? 1 };
  if (type === 'none') return factor === undefined || factor === 1 ? null : { rope_type: 'linear', factor };
  if (type !== 'yarn') return fields.fail(scale('type'), '"none", "linear" or "yarn"', JSON.stringify(type));
  const attention = number(scale('attn_factor'));
  const usual = factor === undefined || factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
  return {
    rope_type: 'yarn',
    ...optional('factor', factor),
    ...optional('original_max_position_embeddings', original),
    // llama.cpp multiplies with it what YaRN has by itself.
    ...optional('attention_factor', attention === undefined || attention === 1 ? undefined : attention * usual),
    ...optional('beta_fast', number(scale('yarn_beta_fast'))),
    ...optional('beta_slow', number(scale('yarn_beta_slow'))),
  };
}

/** The divisors of the frequencies, as the type of Transformers that has such a list. */
async function divisors(gguf: GgufFile, headSize: number, context = 1): Promise<JsonObject | undefined> {
  const tensor = gguf.tensors.get(factorsName);
  if (tensor === undefined) return undefined;
  const expected = headSize / 2;
  if (tensor.shape.length !== 1 || tensor.shape[0] !== expected) {
    const found = `(${tensor.shape.join(', ')})`;
    throw new JambalayaError('checkpoint', { file: gguf.name, tensor: factorsName, expected: `(${expected})`, found });
  }
  const factors = Array.from(await readFloats(ggufEntry(tensor)));
  return {
    rope_type: 'longrope',
    short_factor: factors,
    long_factor: factors,
    attention_factor: 1,
    original_max_position_embeddings: context,
  };
}

/** Every tensor of a file under its name in a checkpoint; what is not known keeps its own name. */
export function llamaEntries(gguf: GgufFile, architecture: string, config: JsonObject): Map<string, TensorEntry> {
  const heads = { q: Number(config.num_attention_heads), k: Number(config.num_key_value_heads) };
  const entries = new Map<string, TensorEntry>();
  for (const tensor of gguf.tensors.values()) {
    // It is in the config.
    if (tensor.name === factorsName) continue;
    const [, which] =
      architecture === 'llama' ? (/^blk\.\d+\.attn_([qk])\.(?:weight|bias)$/.exec(tensor.name) ?? []) : [];
    const name = fromGguf(llamaNames, tensor.name) ?? tensor.name;
    const placed = which === undefined ? tensor : halvesTogether(tensor, heads[which as 'q' | 'k']);
    entries.set(name, ggufEntry(placed, { name }));
  }
  return entries;
}

/** Rows of heads whose pairs are neighbours, as rows of heads whose pairs are half a head apart. */
function halvesTogether(tensor: GgufTensor, heads: number): GgufTensor {
  const rows = tensor.shape[0] ?? 0;
  const size = rows / heads;
  // Another shape than the config says: the model names it.
  if (!Number.isInteger(size) || size % 2 !== 0 || rows > tensor.byteLength) return tensor;
  const half = size / 2;
  return permutedRows(tensor, (row) => {
    const within = row % size;
    return row - within + 2 * (within % half) + Math.floor(within / half);
  });
}
