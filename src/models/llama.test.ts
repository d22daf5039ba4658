import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../formats/index.js';
import { parseLlamaConfig } from './llama.js';

const base: JsonObject = {
  model_type: 'llama',
  vocab_size: 32,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
};
const parse = (change: JsonObject) => parseLlamaConfig({ ...base, ...change }, 'config.json');
const frequencies = (change: JsonObject) => [...parse(change).rotary.frequencies];
const plain = Array.from({ length: 8 }, (_, i) => Math.fround(10_000 ** (-i / 8)));

describe('rotary positions', () => {
  it('turn pair i by θ^(-2i/Dh), and slower by what a linear scaling says', () => {
    expect(frequencies({})).toEqual(plain);
    expect(frequencies({ rope_scaling: null })).toEqual(plain);
    expect(frequencies({ rope_theta: 100 })[4]).toBeCloseTo(0.1);
    expect(frequencies({ rope_scaling: { type: 'linear', factor: 4 } })).toEqual(plain.map((value) => value / 4));
  });

  it('are read from rope_parameters as from rope_theta and rope_scaling', () => {
    const scaling = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 };
    expect(parse({ rope_parameters: { ...scaling, rope_theta: 500 } }).rotary).toEqual(
      parse({ rope_theta: 500, rope_scaling: scaling }).rotary,
    );
  });

  it('have YaRN’s factor, or the one that is given', () => {
    const yarn = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 };
    expect(parse({ rope_scaling: yarn }).rotary.factor).toBeCloseTo(0.1 * Math.log(4) + 1);
    expect(parse({ rope_scaling: { ...yarn, attention_factor: 1.5 } }).rotary.factor).toBe(1.5);
    const scale = { mscale: 0.5, mscale_all_dim: 1 };
    const expected = (0.05 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1);
    expect(parse({ rope_scaling: { ...yarn, ...scale } }).rotary.factor).toBeCloseTo(expected);
  });

  it('take a list of divisors where it is the same for every length', () => {
    const list = plain.map((_, i) => 1 + i);
    const longrope = { rope_type: 'longrope', short_factor: list, long_factor: list, attention_factor: 1 };
    expect(parse({ rope_scaling: longrope }).rotary.frequencies[3]).toBeCloseTo(plain[3]! / 4);
  });

  it.each<[JsonObject, string, string]>([
    [{ rope_scaling: { rope_type: 'dynamic', factor: 2 } }, 'rope_scaling.rope_type', '"default" or "linear"'],
    [{ rope_scaling: { rope_type: 'linear' } }, 'rope_scaling.factor', 'a positive number'],
    [{ rope_scaling: 'linear' }, 'rope_scaling', 'an object or null'],
    [{ rope_parameters: { full_attention: {}, rope_type: 'su' } }, 'rope_parameters.rope_type', '"default"'],
    [{ partial_rotary_factor: 0.5 }, 'partial_rotary_factor', '1 (whole heads are turned)'],
    [{ head_dim: 15 }, 'head_dim', 'an even number'],
    [
      { rope_scaling: { rope_type: 'longrope', short_factor: plain, long_factor: plain.map((value) => 2 * value) } },
      'rope_scaling.long_factor',
      'not supported',
    ],
    [
      { rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 4 } },
      'rope_scaling.high_freq_factor',
      'more than low_freq_factor 4',
    ],
  ])('%j is refused by name', (change, field, expected) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({
        code: 'config',
        fields: expect.objectContaining({ field, expected: expect.stringContaining(expected) }),
      }),
    );
  });
});

describe('a window', () => {
  it.each<JsonObject>([
    { model_type: 'mistral', sliding_window: null },
    { model_type: 'mistral', sliding_window: 64 },
    { model_type: 'qwen2', sliding_window: 16, use_sliding_window: false },
    { model_type: 'qwen2', sliding_window: 16 },
    { model_type: 'qwen2', sliding_window: 16, use_sliding_window: true, max_window_layers: 2 },
    { model_type: 'qwen3', layer_types: ['full_attention', 'full_attention'] },
  ])('that is not in force does not matter: %j', (change) => {
    expect(parse(change).ignoredKeys).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [{ model_type: 'mistral', sliding_window: 16 }, 'sliding_window'],
    [{ model_type: 'qwen2', sliding_window: 16, use_sliding_window: true, max_window_layers: 1 }, 'sliding_window'],
    [{ model_type: 'qwen3', layer_types: ['full_attention', 'sliding_attention'] }, 'layer_types'],
  ])('that is in force is refused: %j', (change, field) => {
    expect(() => parse(change)).toThrow(expect.objectContaining({ fields: expect.objectContaining({ field }) }));
  });
});
