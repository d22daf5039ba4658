import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { countLayerParameters, countParameters, parametersByPart, weightsBytes } from './parameters.js';

const shapeOf = (name: string, changes: Record<string, unknown> = {}) =>
  readModelShape({ ...configOf(name), ...changes }).shape;

describe('countParameters', () => {
  // Jamba: from its published configs and checkpoints. The others: counts that their publishers' checkpoints have.
  it.each([
    ['jamba-mini', 51_570_323_328, 12_110_311_296],
    ['jamba-large', 398_555_145_696, 94_149_338_592],
    ['jamba-reasoning-3b', 3_029_337_472, 3_029_337_472],
    ['jamba-tiny-dev', 318_688_640, 167_693_696],
    ['llama-2-7b', 6_738_415_616, 6_738_415_616],
    ['llama-2-70b', 68_976_648_192, 68_976_648_192],
    ['llama-3.1-8b', 8_030_261_248, 8_030_261_248],
    ['llama-3.1-70b', 70_553_706_496, 70_553_706_496],
    ['mistral-7b', 7_241_732_096, 7_241_732_096],
    ['mistral-large-2', 122_610_069_504, 122_610_069_504],
    ['mixtral-8x7b', 46_702_792_704, 12_879_925_248],
    ['gpt2-xl', 1_557_611_200, 1_557_611_200],
    ['pythia-70m', 70_426_624, 70_426_624],
    ['bert-base', 109_514_298, 109_514_298],
    ['bert-large', 335_174_458, 335_174_458],
    ['mamba-130m', 129_135_360, 129_135_360],
    ['mamba-2.8b', 2_768_345_600, 2_768_345_600],
    ['t5-small', 60_506_624, 60_506_624],
    ['t5-11b', 11_307_321_344, 11_307_321_344],
  ])('of %s is %d, of which %d are active', (name, total, active) => {
    expect(countParameters(shapeOf(name))).toEqual({ total, active });
  });

  it('agrees with the formulas of Jamba’s layers, written out, for any Jamba', () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const arbitrary = fc.record({
      groups: size(4),
      kv: size(4),
      headSize: size(64),
      expand: size(3),
      N: size(32),
      R: size(40),
      K: size(6),
      F: size(300),
      V: size(500),
      L: size(20),
      E: size(8),
      period: size(8),
      mixPeriod: size(4),
      tied: fc.boolean(),
      biases: fc.boolean(),
    });
    fc.assert(
      fc.property(arbitrary, (c) => {
        const H = c.groups * c.kv;
        const D = H * c.headSize;
        const k = Math.min(2, c.E);
        const shape = shapeOf('jamba-mini', {
          hidden_size: D,
          num_attention_heads: H,
          num_key_value_heads: c.kv,
          mamba_expand: c.expand,
          mamba_d_state: c.N,
          mamba_d_conv: c.K,
          mamba_dt_rank: c.R,
          mamba_proj_bias: c.biases,
          intermediate_size: c.F,
          vocab_size: c.V,
          num_hidden_layers: c.L,
          num_experts: c.E,
          num_experts_per_tok: k,
          attn_layer_period: c.period,
          attn_layer_offset: c.period - 1,
          expert_layer_period: c.mixPeriod,
          expert_layer_offset: c.mixPeriod - 1,
          tie_word_embeddings: c.tied,
        });
        const di = c.expand * D;
        const attention = D * H * c.headSize + 2 * D * c.kv * c.headSize + H * c.headSize * D;
        const inner = c.R + 2 * c.N;
        const mamba =
          D * 2 * di +
          di * c.K +
          di +
          di * inner +
          c.R * di +
          di +
          di * c.N +
          di +
          di * D +
          inner +
          (c.biases ? 2 * di + D : 0);
        const mlp = 3 * D * c.F;
        let total = c.V * D * (c.tied ? 1 : 2) + D;
        let resting = 0;
        for (let i = 0; i < c.L; i++) {
          total += i % c.period === c.period - 1 ? attention : mamba;
          const mixed = c.E > 1 && i % c.mixPeriod === c.mixPeriod - 1;
          total += (mixed ? c.E * mlp + D * c.E : mlp) + 2 * D;
          if (mixed) resting += (c.E - k) * mlp;
        }
        expect(countParameters(shape)).toEqual({ total, active: total - resting });
      }),
      { numRuns: 200 },
    );
  });

  it('is the sum of its parts, and its layers are within it', () => {
    for (const name of ['jamba-mini', 'jamba-reasoning-3b', 't5-11b', 'bert-base', 'mamba-130m']) {
      const shape = shapeOf(name);
      const { total } = countParameters(shape);
      expect(Object.values(parametersByPart(shape)).reduce((sum, part) => sum + part, 0)).toBe(total);
      const layers = countLayerParameters(shape).reduce((sum, layer) => sum + layer.total, 0);
      expect(layers).toBeLessThan(total);
      expect(total - layers).toBeLessThan(0.35 * total);
    }
  });

  it.each([
    ['jamba-mini', 87.4, 92.9],
    ['jamba-large', 87.3, 92.7],
  ])('experts of %s are %d %% and all feed-forwards %d %%', (name, experts, feedForwards) => {
    const shape = shapeOf(name);
    const { total } = countParameters(shape);
    const share = parametersByPart(shape);
    expect((100 * share.experts) / total).toBeCloseTo(experts, 1);
    expect((100 * (share.experts + share.denseMlp)) / total).toBeCloseTo(feedForwards, 1);
  });
});

describe('weightsBytes', () => {
  it('of bf16 is the total size that the checkpoint of Mini declares', () => {
    expect(weightsBytes(shapeOf('jamba-mini'), 'bf16')).toBe(103_140_646_656);
  });

  it('of ExpertsInt8 is 1 byte a feed-forward weight, 4 a row, 2 for the rest (arXiv 2408.12570)', () => {
    const [mini, large] = ['jamba-mini', 'jamba-large'].map((name) => weightsBytes(shapeOf(name), 'experts-int8'));
    expect(mini! / 1e9).toBeCloseTo(55.3, 1);
    expect(mini! / 2 ** 30).toBeCloseTo(51.5, 1);
    expect(large! / 1e9).toBeCloseTo(427.6, 1);
    expect(large! / 2 ** 30).toBeCloseTo(398, 0);
    const mlps = 16 + 16 * 16;
    const int8 = mlps * 3 * 4096 * 14_336;
    const scales = mlps * (14_336 + 14_336 + 4096) * 4;
    expect(int8 / 1e9).toBeCloseTo(47.92, 2);
    expect(scales / 1e6).toBeCloseTo(35.7, 1);
    expect(mini).toBe(int8 + scales + 2 * (51_570_323_328 - int8));
  });

  it('of int8 leaves routers, norms, convolutions and A alone', () => {
    const shape = shapeOf('jamba-tiny-random');
    const { router, norms } = parametersByPart(shape);
    // Two attention and six Mamba layers.
    const vectors = 6 * (256 * 4 + 256 + 256 * 16 + 256 + 8 + 32);
    const biases = 6 * 256;
    const wide = router + norms + vectors + biases;
    const mambaRows = 512 + 40 + 256 + 128;
    const attentionRows = 128 + 64 + 64 + 128;
    const rows = 6 * mambaRows + 2 * attentionRows + (4 + 4 * 4) * (2 * 14_336 + 128) + 2 * 65_536;
    expect(weightsBytes(shape, 'int8')).toBe(countParameters(shape).total - wide + 2 * wide + 4 * rows);
  });

  it('of 32-bit floats is four bytes each', () => {
    expect(weightsBytes(shapeOf('t5-small'), 'f32')).toBe(4 * 60_506_624);
  });
});
