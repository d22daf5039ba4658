import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { elasticities } from './elasticities.js';
import { trainingFlops } from './flops.js';

const read = (changes: Record<string, unknown>) => readModelShape({ ...configOf('jamba-mini'), ...changes }).shape;
const options = { context: 4096, checkpointing: 'none' } as const;
const cost = (changes: Record<string, unknown>, context = 4096) =>
  trainingFlops(read(changes), context, 'none').hardwareFlops / context;
/** The slope between two whole configurations. */
const between = (field: string, low: number, high: number) =>
  Math.log(cost({ [field]: high }) / cost({ [field]: low })) / Math.log(high / low);

describe('elasticities', () => {
  const found = elasticities(read({}), options);

  it('agree with neighbouring configurations', () => {
    expect(found.intermediateSize).toBeCloseTo(between('intermediate_size', 14_300, 14_372), 4);
    expect(found.vocabularySize).toBeCloseTo(between('vocab_size', 65_000, 66_072), 4);
    expect(found.experts).toBeCloseTo(between('num_experts', 15, 17), 5);
    const layers = Math.log(cost({ num_hidden_layers: 40 }) / cost({ num_hidden_layers: 24 })) / Math.log(40 / 24);
    expect(found.layers).toBeCloseTo(layers, 2);
    const longer = Math.log(cost({}, 4100) / cost({}, 4092)) / Math.log(4100 / 4092);
    expect(found.sequenceLength).toBeCloseTo(longer, 5);
    expect(found.sequenceLengthAtSameSteps).toBe(1 + found.sequenceLength);
    const wide = { hidden_size: 4224, num_attention_heads: 33, num_key_value_heads: 33, mamba_dt_rank: 264 };
    const narrow = { hidden_size: 3968, num_attention_heads: 31, num_key_value_heads: 31, mamba_dt_rank: 248 };
    const even = elasticities(read({ num_key_value_heads: 32 }), options);
    expect(even.hiddenSize).toBeCloseTo(Math.log(cost(wide) / cost(narrow)) / Math.log(33 / 31), 3);
  });

  it('of widths add up, and of parameters are about 1', () => {
    expect(found.width).toBeCloseTo(found.hiddenSize + found.intermediateSize, 3);
    expect(found.parameters).toBeGreaterThan(0.9);
    expect(found.parameters).toBeLessThan(1.05);
  });

  it('of sequence length tend to 1 where attention is everything, and to 0 without it', () => {
    const attention = readModelShape(configOf('llama-2-7b')).shape;
    const at = (context: number) => elasticities(attention, { context, checkpointing: 'none' }).sequenceLength;
    expect(at(1e9)).toBeGreaterThan(0.999);
    expect(at(16)).toBeLessThan(0.001);
    const mamba = readModelShape(configOf('mamba-130m')).shape;
    expect(elasticities(mamba, options).sequenceLength).toBeCloseTo(0, 9);
    expect(elasticities(mamba, options).expertsPerToken).toBeCloseTo(0, 9);
  });

  it('of an encoder-decoder are smooth in odd lengths', () => {
    const t5 = readModelShape(configOf('t5-11b')).shape;
    const at = (context: number) => elasticities(t5, { context, checkpointing: 'full' }).sequenceLength;
    expect(at(1023)).toBeCloseTo(at(1024), 3);
  });
});
