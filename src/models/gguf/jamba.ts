/**
 * What `config.json` says of a Jamba, as the metadata of a GGUF and back.
 *
 * A GGUF has no period and offset of attention layers: it has the key/value heads of every layer, 0 where a Mamba mixer is;
 * and experts are where their tensors are. Whether biases and a head of its own exist is told by their tensors, too.
 */
import { JambalayaError } from '../../errors/index.js';
import type { GgufFile, GgufMetadata, GgufValue, GgufWriteType, JsonObject } from '../../formats/index.js';
import { hasExperts, isAttentionLayer, type JambaConfig } from '../jamba.js';
import { bosKey, commonConfig, endKeys, layerCount, optional, padKey } from './commonConfig.js';
import { GgufFields } from './fields.js';

/** llama.cpp's numbers for what most of a file's tensors are. */
const fileTypes: Readonly<Record<GgufWriteType, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** The `config.json` that a GGUF of the architecture `jamba` stands for. Its values are checked as those of any config. */
export function jambaConfigOfGguf(gguf: GgufFile): JsonObject {
  const fields = new GgufFields(gguf);
  const layers = layerCount(gguf, 'jamba');
  const kvHeads = fields.wholePerLayer('jamba.attention.head_count_kv', layers);
  const heads = fields.wholePerLayer('jamba.attention.head_count', layers);
  const attention = kvHeads.flatMap((count, i) => (count > 0 ? [i] : []));
  const first = attention[0] ?? 0;
  if (attention.some((i) => kvHeads[i] !== kvHeads[first] || heads[i] !== heads[first])) {
    fields.fail('jamba.attention.head_count_kv', 'the same number in every attention layer', `[${kvHeads}]`);
  }
  const routed = kvHeads.flatMap((_, i) => (gguf.tensors.has(`blk.${i}.ffn_gate_inp.weight`) ? [i] : []));
  const attentionRule = periodOf(fields, 'jamba.attention.head_count_kv', attention, layers);
  const expertRule = periodOf(fields, 'the layers with ffn_gate_inp', routed, layers);
  const hidden = fields.whole('jamba.embedding_length');
  const inner = fields.whole('jamba.ssm.inner_size');
  if (hidden === 0 || inner % hidden !== 0) {
    fields.fail('jamba.ssm.inner_size', `a multiple of jamba.embedding_length ${hidden}`, `${inner}`);
  }
  const headSize = fields.optionalWhole('jamba.attention.key_length');
  const has = (suffix: string) => kvHeads.some((_, i) => gguf.tensors.has(`blk.${i}.${suffix}`));
  return {
    model_type: 'jamba',
    architectures: ['JambaForCausalLM'],
    ...commonConfig(gguf, 'jamba'),
    hidden_size: hidden,
    num_hidden_layers: layers,
    intermediate_size: fields.whole('jamba.feed_forward_length'),
    hidden_act: 'silu',
    num_attention_heads: heads[first]!,
    num_key_value_heads: kvHeads[first] || heads[first]!,
    ...(headSize === undefined || headSize * heads[first]! === hidden ? {} : { head_dim: headSize }),
    attn_layer_period: attentionRule.period,
    attn_layer_offset: attentionRule.offset,
    expert_layer_period: expertRule.period,
    expert_layer_offset: expertRule.offset,
    num_experts: routed.length === 0 ? 1 : fields.whole('jamba.expert_count'),
    num_experts_per_tok: routed.length === 0 ? 1 : fields.whole('jamba.expert_used_count'),
    mamba_d_conv: fields.whole('jamba.ssm.conv_kernel'),
    mamba_d_state: fields.whole('jamba.ssm.state_size'),
    mamba_dt_rank: fields.whole('jamba.ssm.time_step_rank'),
    mamba_expand: inner / hidden,
    mamba_conv_bias: attention.length === layers || has('ssm_conv1d.bias'),
    mamba_proj_bias: has('ssm_in.bias'),
    ...optional('max_position_embeddings', fields.optionalWhole('jamba.context_length')),
  };
}

/** The rule `i mod period = offset` of which `indices` (rising) are all that it has below `layers`. */
function periodOf(fields: GgufFields, what: string, indices: readonly number[], layers: number) {
  const [offset, second] = indices;
  if (offset === undefined) return { period: layers + 1, offset: layers };
  const period = second === undefined ? Math.max(layers, offset + 1) : second - offset;
  const expected = Array.from({ length: layers }, (_, i) => i).filter((i) => i % period === offset);
  const regular = offset < period && expected.length === indices.length && expected.every((i, n) => indices[n] === i);
  return regular ? { period, offset } : fields.fail(what, 'layers at a regular distance', `layers ${indices}`);
}

/**
 * The metadata that llama.cpp asks of a Jamba, without the tokenizer.
 *
 * @throws `config` for a model that its architecture has no place for
 */
export function ggufMetadata(
  config: JambaConfig,
  file: string,
  { name, type, contextLength }: { name: string; type: GgufWriteType; contextLength: number },
): Map<string, GgufValue> {
  checkSupported(config, file);
  const { layers, attention, experts, mamba } = config;
  const indices = Array.from({ length: layers }, (_, i) => i);
  const u32 = (value: number): GgufValue => ({ type: 'u32', value });
  const kvHeads = indices.map((i) => (isAttentionLayer(config, i) ? attention.kvHeads : 0));
  const routed = indices.some((i) => hasExperts(config, i));
  const ids = (keys: readonly string[], values: readonly number[]) =>
    keys.flatMap((key, i): [string, GgufValue][] => (values[i] === undefined ? [] : [[key, u32(values[i])]]));
  return new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'jamba' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', u32(fileTypes[type])],
    ...(type === 'Q8_0' ? [['general.quantization_version', u32(2)] as const] : []),
    ['jamba.block_count', u32(layers)],
    ['jamba.context_length', u32(contextLength)],
    ['jamba.embedding_length', u32(config.hiddenSize)],
    ['jamba.feed_forward_length', u32(config.intermediateSize)],
    ['jamba.attention.head_count', u32(attention.heads)],
    ['jamba.attention.head_count_kv', { type: 'array', of: 'u32', value: kvHeads }],
    ['jamba.attention.layer_norm_rms_epsilon', { type: 'f32', value: config.eps }],
    ['jamba.ssm.conv_kernel', u32(mamba.convWidth)],
    ['jamba.ssm.inner_size', u32(mamba.inner)],
    ['jamba.ssm.state_size', u32(mamba.stateSize)],
    ['jamba.ssm.time_step_rank', u32(mamba.dtRank)],
    ...(routed
      ? [
          ['jamba.expert_count', u32(experts.count)] as const,
          ['jamba.expert_used_count', u32(experts.perToken)] as const,
        ]
      : []),
    ['jamba.vocab_size', u32(config.vocabularySize)],
    ...ids([bosKey], config.bosIds),
    ...ids(endKeys, config.eosIds),
    ...ids([padKey], config.padIds),
  ]) satisfies GgufMetadata;
}

/** What llama.cpp's `jamba` takes for granted. */
function checkSupported({ hiddenSize, mamba, attention }: JambaConfig, file: string): void {
  const fail = (field: string, expected: string, found: string) => {
    throw new JambalayaError(
      'config',
      { file, field, expected: `${expected} (a GGUF of this architecture has no other)`, found },
      { hint: 'Export to a Hugging Face folder instead: --to hf' },
    );
  };
  if (mamba.inner !== 2 * hiddenSize) fail('mamba_expand', '2', `${mamba.inner / hiddenSize}`);
  if (mamba.projectionBias) fail('mamba_proj_bias', 'false', 'true');
  if (!mamba.convBias) fail('mamba_conv_bias', 'true', 'false');
  if (!mamba.innerNorms) fail('mamba_inner_layernorms', 'true', 'false');
  if (attention.heads * attention.headSize !== hiddenSize) {
    fail('head_dim', `hidden_size ÷ num_attention_heads = ${hiddenSize / attention.heads}`, `${attention.headSize}`);
  }
}
