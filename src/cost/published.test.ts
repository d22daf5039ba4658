/** Every figure of the cost paper (arXiv 2004.08900) that is arithmetic, and the dollar rows against a plan of today's formulas. */
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { findHardware } from './hardware.js';
import { countParameters } from './parameters.js';
import {
  fullyLoadedDollars,
  impliedDollarsPerFlop,
  projectDollars,
  publishedCosts,
  trainingVolume,
} from './published.js';
import { planTraining } from './training.js';

const shapeOf = (config: Record<string, unknown>) => readModelShape(config).shape;
const [small, medium, large, t5] = publishedCosts as [
  (typeof publishedCosts)[number],
  (typeof publishedCosts)[number],
  (typeof publishedCosts)[number],
  (typeof publishedCosts)[number],
];

describe('costs of the paper (arXiv 2004.08900)', () => {
  it.each([
    [2500, 50_000],
    [10_000, 200_000],
    [80_000, 1_600_000],
  ])('$%d in one run is $%d fully loaded: 2 configurations × 10 runs', (one, loaded) => {
    expect(fullyLoadedDollars(one)).toBe(loaded);
    expect(loaded / one).toBe(20);
  });

  it('has those rows as data', () => {
    for (const row of [small, medium, large]) {
      expect(row.fullyLoadedDollars).toBe(fullyLoadedDollars(row.oneRunDollars));
    }
  });

  it('projects about $10M for T5-11B from 2 to 3 large runs and hundreds of small ones', () => {
    // What is left for small runs, at the price of the next smaller models of the same table.
    for (const runs of [2, 3]) {
      const rest = 10e6 - projectDollars([{ dollars: t5.oneRunDollars, runs }]);
      expect(rest / medium.oneRunDollars).toBeGreaterThan(100);
      expect(rest / medium.oneRunDollars).toBeLessThan(1000);
    }
    const project = projectDollars([
      { dollars: t5.oneRunDollars, runs: 3 },
      { dollars: medium.oneRunDollars, runs: 600 },
    ]);
    expect(project).toBe(9_900_000);
  });

  it('implies dollars per FLOP (a calibration of ours)', () => {
    const implied = publishedCosts.map(({ oneRunDollars, parameters, tokens }) =>
      impliedDollarsPerFlop(oneRunDollars, parameters, tokens),
    );
    const expected = [2.8e-17, 3.6e-17, 6.5e-17, 2.0e-17];
    implied.forEach((dollars, i) => {
      expect(dollars * 1e17).toBeCloseTo(expected[i]! * 1e17, 1);
    });
  });

  // The assumption: NVIDIA V100s of 2020 at the large clouds' list prices of then, 2.48 to 3.06 dollars an hour and device.
  it.each([
    [small, 'bert-base', 512],
    [medium, 'bert-large', 512],
    [large, 'gpt2-xl', 1024],
    [t5, 't5-11b', 1024],
  ])('%o is within its order of magnitude on V100s of 2020', (row, config, context) => {
    const { dollars } = planTraining(shapeOf(configOf(config)), {
      hardware: findHardware('v100-16gb'),
      count: 64,
      tokens: row.tokens,
      context,
      dollarsPerHour: { low: 2.48, high: 3.06 },
    });
    const root = Math.sqrt(10);
    expect(dollars.low).toBeLessThan(row.oneRunDollars * root);
    expect(dollars.high).toBeGreaterThan(row.oneRunDollars / root);
    const middle = Math.sqrt(dollars.low * dollars.high);
    expect(Math.abs(Math.log10(middle / row.oneRunDollars))).toBeLessThan(1);
  });

  it('repeats scale a run of any size as 2 × 10', () => {
    const plan = planTraining(shapeOf(configOf('jamba-mini')), {
      hardware: findHardware('h100'),
      count: 512,
      tokens: 300e9,
    });
    expect(plan.fullyLoaded.factor).toBe(20);
    expect(plan.fullyLoaded.dollars.low).toBe(20 * plan.dollars.low);
    expect(plan.fullyLoaded.dollars.high).toBe(20 * plan.dollars.high);
  });
});

describe('drivers of cost in the paper (arXiv 2004.08900)', () => {
  // Sequence length, steps and batch size from arXiv 1907.11692, 1906.08237, 2003.10555, 1909.08053 and 1910.10683; 2 significant
  // digits of the chart's trillions.
  it.each([
    ['BERT-Large', 512, 1e6, 256, 0.1],
    ['RoBERTa', 512, 500e3, 8192, 2.1],
    ['XLNet', 512, 500e3, 8192, 2.1],
    ['ELECTRA-1.75M', 512, 1.75e6, 2048, 1.8],
    ['MegatronLM', 1024, 300e3, 512, 0.2],
    ['T5-11B', 512, 1e6, 2048, 1],
  ])('%s: sequence length × steps × batch size is its tokens', (_, length, steps, batch, trillions) => {
    expect(trainingVolume(length, steps, batch) / 1e12).toBeCloseTo(trillions, 1);
  });

  const gpt = (layers: number, heads: number, hidden: number, inner: number) =>
    shapeOf({ model_type: 'gpt2', n_layer: layers, n_head: heads, n_embd: hidden, n_inner: inner });
  const encoder = shapeOf(configOf('bert-large'));
  it.each([
    ['GPT', gpt(12, 12, 768, 3072), 0.1],
    ['BERT-Large', encoder, 0.3],
    ['GPT2-1.5B', gpt(48, 25, 1600, 6400), 1.5],
    ['RoBERTa', shapeOf(configOf('roberta-large')), 0.4],
    ['ELECTRA', encoder, 0.3],
    ['MegatronLM', gpt(72, 32, 3072, 12_288), 8.3],
    ['T5-11B', shapeOf(configOf('t5-11b')), 11.0],
    ['Turing-NLG', gpt(78, 28, 4256, 17_024), 17.0],
  ])('%s: layers, heads and widths give its parameters', (_, shape, billions) => {
    const counted = countParameters(shape).total / 1e9;
    // The chart has two digits, and cuts GPT-2's 1.558 and T5's 11.3 off rather than rounding them.
    expect(Math.abs(counted - billions)).toBeLessThan(Math.max(0.06, 0.03 * billions));
  });

  it('T5-11B: 512 + 512 tokens, 128 heads and a feed-forward of 65K', () => {
    const { layers, encoderLayers } = shapeOf(configOf('t5-11b'));
    expect(layers.length + encoderLayers!.length).toBe(48);
    expect(layers[0]).toMatchObject({ mixer: { heads: 128 }, feedForward: { inner: 65_536 } });
  });
});
