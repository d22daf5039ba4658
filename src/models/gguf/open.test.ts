import { describe, expect, it } from 'vitest';
import {
  encodeGguf,
  type GgufTensorToWrite,
  type GgufValue,
  type ModelFolder,
  memoryFolder,
} from '../../formats/index.js';
import { openGgufCheckpoint } from '../index.js';

const u32 = (value: number): GgufValue => ({ type: 'u32', value });
const text = (value: string): GgufValue => ({ type: 'string', value });
const counts = (...value: number[]): GgufValue => ({ type: 'array', of: 'i32', value });

/** Six layers; attention in 1 and 4. */
const jamba: Readonly<Record<string, GgufValue>> = {
  'general.architecture': text('jamba'),
  'jamba.block_count': u32(6),
  'jamba.embedding_length': u32(4),
  'jamba.feed_forward_length': u32(3),
  'jamba.attention.head_count': u32(2),
  'jamba.attention.head_count_kv': counts(0, 1, 0, 0, 1, 0),
  'jamba.attention.layer_norm_rms_epsilon': { type: 'f32', value: Math.fround(1e-6) },
  'jamba.ssm.conv_kernel': u32(4),
  'jamba.ssm.inner_size': u32(8),
  'jamba.ssm.state_size': u32(2),
  'jamba.ssm.time_step_rank': u32(1),
  'jamba.expert_count': u32(2),
  'jamba.expert_used_count': u32(1),
};

const floats = (name: string, shape: number[], values: number[]): GgufTensorToWrite => ({
  name,
  type: 'F32',
  shape,
  pieces: () => [new Uint8Array(Float32Array.from(values).buffer)],
});
const tensors = [
  floats('token_embd.weight', [3, 1], [1, 2, 3]),
  floats('blk.0.ssm_a', [2, 1], [-1, -2]),
  floats('blk.0.ssm_conv1d.weight', [1, 2], [5, 6]),
  floats('blk.1.ffn_gate_inp.weight', [2, 1], [1, 2]),
  floats('blk.1.ffn_up_exps.weight', [2, 1, 2], [1, 2, 3, 4]),
  floats('blk.3.ffn_gate_inp.weight', [2, 1], [1, 2]),
  floats('blk.5.ffn_gate_inp.weight', [2, 1], [1, 2]),
  floats('odd.weight', [1], [9]),
];

async function open(
  changes: Readonly<Record<string, GgufValue | undefined>> = {},
  { beside = {}, more = [] }: { beside?: Record<string, string>; more?: GgufTensorToWrite[] } = {},
) {
  const pairs = Object.entries({ ...jamba, ...changes });
  const metadata = new Map(pairs.filter((pair): pair is [string, GgufValue] => pair[1] !== undefined));
  const files = Object.entries(beside).map(([name, content]) => [name, new TextEncoder().encode(content)] as const);
  const file = await encodeGguf([...tensors, ...more], metadata);
  return openGgufCheckpoint(memoryFolder('m', { 'f.gguf': file, ...Object.fromEntries(files) }), 'f.gguf');
}

const textOf = async (folder: ModelFolder, file: string) => {
  const source = await folder.open(file);
  return new TextDecoder().decode(await source.read(0, source.size));
};

describe('openGgufCheckpoint', () => {
  it('reads the config out of the metadata and the tensors', async () => {
    const { config, configFile } = await open({
      'tokenizer.ggml.eos_token_id': u32(2),
      'jamba.context_length': u32(64),
    });
    expect(configFile).toBe('m/f.gguf');
    expect(config).toMatchObject({
      model_type: 'jamba',
      vocab_size: 3,
      hidden_size: 4,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      attn_layer_period: 3,
      attn_layer_offset: 1,
      expert_layer_period: 2,
      expert_layer_offset: 1,
      num_experts: 2,
      num_experts_per_tok: 1,
      mamba_expand: 2,
      mamba_conv_bias: false,
      rms_norm_eps: 1e-6,
      tie_word_embeddings: true,
      eos_token_id: 2,
      max_position_embeddings: 64,
    });
    expect(config.bos_token_id).toBeUndefined();
  });

  it('gives tensors their names on disk, experts one by one, A as A_log', async () => {
    const checkpoint = await open();
    const prefix = 'model.layers';
    const shapes = Object.fromEntries([...checkpoint.tensors].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toMatchObject({
      'model.embed_tokens.weight': [3, 1],
      [`${prefix}.0.mamba.A_log`]: [2, 1],
      [`${prefix}.0.mamba.conv1d.weight`]: [1, 1, 2],
      [`${prefix}.1.feed_forward.router.weight`]: [2, 1],
      [`${prefix}.1.feed_forward.experts.0.up_proj.weight`]: [1, 2],
      [`${prefix}.1.feed_forward.experts.1.up_proj.weight`]: [1, 2],
      'odd.weight': [1],
    });
    const bytes = async (name: string) => {
      const { source, offset, byteLength } = checkpoint.tensors.get(name)!;
      return [...new Float32Array((await source.read(offset, byteLength)).slice().buffer)];
    };
    expect(await bytes(`${prefix}.0.mamba.A_log`)).toEqual([0, Math.fround(Math.log(2))]);
    expect(await bytes(`${prefix}.1.feed_forward.experts.1.up_proj.weight`)).toEqual([3, 4]);
  });

  it('reads one attention layer, and none', async () => {
    const one = await open({ 'jamba.attention.head_count_kv': counts(0, 0, 1, 0, 0, 0) });
    expect([one.config.attn_layer_period, one.config.attn_layer_offset]).toEqual([6, 2]);
    const none = await open({ 'jamba.attention.head_count_kv': counts(0, 0, 0, 0, 0, 0) });
    expect([none.config.attn_layer_period, none.config.attn_layer_offset]).toEqual([7, 6]);
  });

  it.each<[string, Readonly<Record<string, GgufValue | undefined>>, string, string]>([
    ['another architecture', { 'general.architecture': text('mamba') }, 'general.architecture', '"jamba"'],
    ['no sizes', { 'jamba.embedding_length': undefined }, 'jamba.embedding_length', 'a whole number'],
    ['a size that is a text', { 'jamba.ssm.state_size': text('2') }, 'jamba.ssm.state_size', 'a whole number from 0'],
    ['more layers than tensors', { 'jamba.block_count': u32(4_000_000_000) }, 'jamba.block_count', 'at most 8 layers'],
    [
      'heads for other layers',
      { 'jamba.attention.head_count_kv': counts(0, 1) },
      'jamba.attention.head_count_kv',
      '6 whole numbers from 0',
    ],
    [
      'attention at irregular distances',
      { 'jamba.attention.head_count_kv': counts(1, 1, 0, 1, 0, 0) },
      'jamba.attention.head_count_kv',
      'layers at a regular distance',
    ],
    [
      'different heads',
      { 'jamba.attention.head_count_kv': counts(0, 1, 0, 0, 2, 0) },
      'jamba.attention.head_count_kv',
      'the same number in every attention layer',
    ],
    ['an odd inner size', { 'jamba.ssm.inner_size': u32(9) }, 'jamba.ssm.inner_size', 'a multiple of'],
  ])('refuses %s', async (_, changes, field, expected) => {
    await expect(open(changes)).rejects.toMatchObject({
      code: 'config',
      fields: { file: 'm/f.gguf', field, expected: expect.stringContaining(expected) },
    });
  });

  it('does not count to the end of a stack without bytes', async () => {
    const more = [floats('blk.1.ffn_down_exps.weight', [2 ** 40, 0, 1], [])];
    const { tensors: entries } = await open({}, { more });
    expect(entries.get('blk.1.ffn_down_exps.weight')?.shape).toEqual([2 ** 40, 0, 1]);
  });

  it('takes the tokenizer inside, else the one beside, else says what is missing', async () => {
    const inside: Record<string, GgufValue> = {
      'tokenizer.ggml.model': text('gpt2'),
      'tokenizer.ggml.pre': text('gpt-2'),
      'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: ['a', 'b', 'ab'] },
      'tokenizer.ggml.merges': { type: 'array', of: 'string', value: ['a b'] },
      'tokenizer.chat_template': text('{{ messages }}'),
    };
    const beside = { 'tokenizer.json': '{"beside": true}', 'chat_template.jinja': 'beside', 'README.md': 'x' };
    const first = await open(inside, { beside });
    expect(first.withoutTokenizer).toBeUndefined();
    expect(JSON.parse(await textOf(first.folder, 'tokenizer.json')).model.merges).toEqual(['a b']);
    expect(await textOf(first.folder, 'chat_template.jinja')).toBe('{{ messages }}');
    expect(await first.folder.list()).toEqual(['chat_template.jinja', 'tokenizer.json', 'tokenizer_config.json']);

    const unknown = { 'tokenizer.ggml.model': text('t5') };
    const second = await open(unknown, { beside });
    expect(second.withoutTokenizer).toBeUndefined();
    expect(await textOf(second.folder, 'tokenizer.json')).toBe('{"beside": true}');
    expect(await second.folder.list()).toEqual(['chat_template.jinja', 'tokenizer.json']);

    const third = await open(unknown);
    expect(third.withoutTokenizer).toMatch(/of kind "t5" .*, and there is no tokenizer\.json beside it$/);
    await expect(third.folder.open('tokenizer.json')).rejects.toMatchObject({ code: 'file' });
  });
});
