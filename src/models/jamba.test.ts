import { describe, expect, it } from 'vitest';
import { JambalayaError } from '../errors/index.js';
import { withoutPadding } from './inputs.js';
import { hasExperts, isAttentionLayer, parseJambaConfig } from './jamba.js';

const parse = (json: Record<string, unknown>) =>
  parseJambaConfig({ model_type: 'jamba', ...json } as never, 'config.json');

describe('the config', () => {
  it('has the released model as its defaults', () => {
    const config = parse({});
    const layers = Array.from({ length: config.layers }, (_, i) => i);
    expect(layers.filter((i) => isAttentionLayer(config, i))).toEqual([4, 12, 20, 28]);
    expect(layers.filter((i) => hasExperts(config, i))).toEqual(layers.filter((i) => i % 2 === 1));
    expect(config.mamba).toMatchObject({ inner: 8192, stateSize: 16, convWidth: 4, dtRank: 256 });
  });

  it('works out what is "auto", and what one expert means', () => {
    expect(parse({ hidden_size: 40, num_attention_heads: 4, mamba_dt_rank: 'auto' }).mamba.dtRank).toBe(3);
    expect(hasExperts(parse({ num_experts: 1, num_experts_per_tok: 1 }), 1)).toBe(false);
  });

  it('has inner norms unless it says that it has none', () => {
    expect(parse({}).mamba.innerNorms).toBe(true);
    expect(parse({ mamba_inner_layernorms: false }).mamba.innerNorms).toBe(false);
  });

  it('lists what it does not know and ignores it', () => {
    expect(parse({ zebra: 1, use_cache: true, apple: null }).ignoredKeys).toEqual(['apple', 'zebra']);
  });

  it.each([
    [{ attn_layer_offset: 8 }, 'attn_layer_offset: expected less than attn_layer_period 8, found 8'],
    [{ num_key_value_heads: 3 }, 'num_key_value_heads: expected a divisor of num_attention_heads 32, found 3'],
    [
      { hidden_size: 100, num_attention_heads: 8 },
      'num_attention_heads: expected a divisor of hidden_size 100, found 8',
    ],
    [{ num_experts: 2, num_experts_per_tok: 3 }, 'num_experts_per_tok: expected at most num_experts 2, found 3'],
    [{ hidden_act: 'relu' }, 'hidden_act: expected "silu", found "relu"'],
    [{ hidden_size: -1 }, 'hidden_size: expected a whole number from 1 to 16777216, found -1'],
    [{ hidden_size: '64' }, 'hidden_size: expected a whole number from 1 to 16777216, found "64"'],
    [{ mamba_d_state: 100_000 }, 'mamba_d_state: expected at most 256, found 100000'],
    [{ tie_word_embeddings: 1 }, 'tie_word_embeddings: expected true or false, found 1'],
    [{ pad_token_id: 70_000 }, 'pad_token_id: expected token ids below 65536, found 70000'],
    [{ model_type: 'mamba' }, 'model_type: expected "jamba", found "mamba"'],
    [{ sliding_window: 128 }, 'sliding_window: expected null (there is no windowed attention), found 128'],
  ])('refuses %j', (json, message) => {
    expect(() => parse(json)).toThrow(JambalayaError);
    expect(() => parse(json)).toThrow(`config.json: ${message}`);
  });
});

describe('padding', () => {
  it('is left out on either side', () => {
    const { lengths, rows, positions } = withoutPadding([0, 1, 1, 1, 1, 0, 0, 0, 0], 3, 3);
    expect(lengths).toEqual([2, 2, 0]);
    expect([...rows]).toEqual([1, 2, 3, 4]);
    expect([...positions]).toEqual([1, 2, 0, 1]);
  });

  it('may not stand between tokens', () => {
    expect(() => withoutPadding([1, 0, 1], 1, 3)).toThrow('a hole in sequence 0');
  });
});
