import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { type ModelReading, readModelShape } from './config.js';
import { countParameters } from './parameters.js';

const jamba = configOf('jamba-mini');
const read = (changes: Record<string, unknown>, base = jamba): ModelReading =>
  readModelShape({ ...base, ...changes }, 'here.json');

describe('readModelShape', () => {
  it('names keys that mean nothing, and takes no notice of them', () => {
    const plain = read({});
    expect(plain.ignoredConfigKeys).toEqual([]);
    const more = read({ frobnicate: 3, num_layers: 7 });
    expect(more.ignoredConfigKeys).toEqual(['frobnicate', 'num_layers']);
    expect(more.shape).toEqual(plain.shape);
  });

  it.each([
    ['num_hidden_layers', 1_000_000, 10_000],
    ['num_experts', 2 ** 24, 65_536],
  ])('refuses a %s that would take gigabytes to plan', (field, value, most) => {
    expect(() => read({ [field]: value })).toThrow(`${field}: expected a whole number from 1 to ${most}`);
  });

  it.each([
    [{ quant_method: 'gptq', bits: 4, group_size: 128 }, /gptq, 4 bits, groups of 128\): weights take about 5\.73 GB/],
    [
      { quant_method: 'awq', w_bit: 4, q_group_size: -1 },
      /awq, 4 bits, a scale per row\): weights take about 5\.5\d GB/,
    ],
    [{ quant_method: 'fp8' }, /fp8, 8 bits, a scale per row\): weights take about 9\.0\d GB/],
    [{ quant_method: 'bitsandbytes', load_in_4bit: true }, /bitsandbytes, 4 bits, groups of 64\): .* about 6\.03 GB/],
    [
      { quant_method: 'compressed-tensors', config_groups: { group_0: { weights: { num_bits: 8 } } } },
      /compressed-tensors, 8 bits, a scale per row/,
    ],
    [{ quant_method: 'hqq' }, /quantization_config \(hqq\) is not counted/],
    [{ quant_method: 'gptq', bits: 1e9 }, /quantization_config \(gptq\) is not counted/],
    [{ quant_method: 'experts_int8' }, /which knows experts-int8/],
    ['none', /\(not understood\) is not counted/],
  ])('says what weights take as the config has them quantized: %j', (quantization_config, note) => {
    // Llama 3 8B: 6.98 billion weights in matrices of layers, 1.05 billion in embedding and head.
    const llama = {
      model_type: 'llama',
      hidden_size: 4096,
      intermediate_size: 14336,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      vocab_size: 128256,
      tie_word_embeddings: false,
    };
    const { notes, ignoredConfigKeys, shape } = readModelShape({ ...llama, quantization_config });
    expect(notes).toEqual([expect.stringMatching(note)]);
    expect(ignoredConfigKeys).toEqual([]);
    expect(shape).toEqual(readModelShape(llama).shape);
  });

  it('names sizes that it had to assume', () => {
    const { num_attention_heads: _, mamba_dt_rank: __, ...rest } = jamba;
    const { assumedConfigKeys, shape } = readModelShape(rest);
    expect(assumedConfigKeys).toEqual({ num_attention_heads: 32, mamba_dt_rank: 'auto' });
    expect(shape).toEqual(read({}).shape);
  });

  it('places attention and experts by period and offset', () => {
    const { layers } = read({}).shape;
    const where = (wanted: (layer: (typeof layers)[number]) => boolean) =>
      layers.flatMap((layer, i) => (wanted(layer) ? [i] : []));
    expect(where(({ mixer }) => mixer.kind === 'attention')).toEqual([4, 12, 20, 28]);
    expect(where(({ feedForward }) => feedForward!.experts > 1)).toEqual(
      Array.from({ length: 16 }, (_, i) => 2 * i + 1),
    );
    const reasoning = readModelShape(configOf('jamba-reasoning-3b')).shape.layers;
    expect(reasoning.flatMap(({ mixer }, i) => (mixer.kind === 'attention' ? [i] : []))).toEqual([7, 21]);
  });

  it('rounds an automatic rank up', () => {
    const rank = (hidden: number) => {
      const { mixer } = read({
        hidden_size: hidden,
        num_attention_heads: 1,
        num_key_value_heads: 1,
        mamba_dt_rank: 'auto',
      }).shape.layers[0]!;
      return mixer.kind === 'mamba' ? mixer.dtRank : undefined;
    };
    expect([rank(160), rank(161)]).toEqual([10, 11]);
  });

  it.each([
    ['attn_layer_period', 'jamba'],
    ['state_size', 'mamba'],
    ['d_ff', 't5'],
    ['n_embd', 'gpt2'],
    ['type_vocab_size', 'bert'],
    ['num_local_experts', 'mixtral'],
  ])('knows a config without model_type by its %s', (field, type) => {
    const reading = readModelShape({ [field]: 48 });
    expect(reading.modelType).toBe(type);
    expect(reading.notes).toEqual([`no model_type: read as "${type}", by the fields that are there`]);
  });

  it('reads the original Mamba configuration with its padded vocabulary', () => {
    const original = {
      d_model: 768,
      n_layer: 24,
      vocab_size: 50_277,
      ssm_cfg: {},
      rms_norm: true,
      pad_vocab_size_multiple: 8,
    };
    expect(countParameters(readModelShape(original).shape).total).toBe(129_135_360);
  });

  it('says that a window is not counted', () => {
    expect(readModelShape(configOf('mistral-7b')).notes).toEqual([
      'sliding_window 4096 is not counted: attention and cache span the context',
    ]);
  });

  it('counts what families differ in: biases, head norms, tied heads, gated T5', () => {
    const llama = configOf('llama-2-7b');
    const total = (config: Record<string, unknown>) => countParameters(readModelShape(config).shape).total;
    const plain = total(llama);
    expect(total({ ...llama, model_type: 'qwen2' }) - plain).toBe(32 * 3 * 4096);
    expect(total({ ...llama, attention_bias: true }) - plain).toBe(32 * 4 * 4096);
    expect(total({ ...llama, mlp_bias: true }) - plain).toBe(32 * (2 * 11_008 + 4096));
    expect(total({ ...llama, model_type: 'qwen3' }) - plain).toBe(32 * 2 * 128);
    expect(total({ ...llama, tie_word_embeddings: true }) - plain).toBe(-32_000 * 4096);
    const t5 = configOf('t5-small');
    expect(total({ ...t5, feed_forward_proj: 'gated-gelu' }) - total(t5)).toBe(12 * 512 * 2048);
  });

  it.each([
    [{ hidden_size: -1 }, 'here.json: hidden_size: expected a whole number from 1 to 16777216, found -1'],
    [{ hidden_size: 0 }, 'here.json: hidden_size: expected a whole number from 1 to 16777216, found 0'],
    [{ vocab_size: Number.NaN }, 'here.json: vocab_size: expected a whole number from 1 to 16777216, found NaN'],
    [{ num_hidden_layers: '32' }, 'here.json: num_hidden_layers: expected a whole number from 1 to 10000, found "32"'],
    [
      { num_key_value_heads: 5 },
      'here.json: num_key_value_heads: expected a divisor of num_attention_heads 32, found 5',
    ],
    [{ num_attention_heads: 24 }, 'here.json: num_attention_heads: expected a divisor of hidden_size 4096, found 24'],
    [{ num_experts_per_tok: 17 }, 'here.json: num_experts_per_tok: expected at most num_experts 16, found 17'],
    [{ attn_layer_offset: 8 }, 'here.json: attn_layer_offset: expected less than attn_layer_period 8, found 8'],
    [
      { mamba_expand: 1.3 },
      'here.json: mamba_expand: expected a whole number when multiplied with hidden_size 4096, found 1.3',
    ],
    [{ model_type: 'frog' }, expect.stringMatching(/^here\.json: model_type: expected "jamba" or .*, found "frog"$/)],
    [{ tie_word_embeddings: 1 }, 'here.json: tie_word_embeddings: expected true or false, found 1'],
  ])('refuses %o', (changes, message) => {
    expect(() => read({ num_key_value_heads: 8, ...changes })).toThrow(
      expect.objectContaining({ code: 'config', message }),
    );
  });

  it('refuses a config that says nothing of its kind', () => {
    expect(() => readModelShape({ vocab_size: 3 })).toThrow(expect.objectContaining({ code: 'config' }));
  });
});
