import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { contextsForBytes, parametersForBytes, parametersForDollars, tokensForDollars } from './budget.js';
import { readModelShape } from './config.js';
import { findHardware } from './hardware.js';
import { planServing } from './serving.js';
import { planTraining } from './training.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const reasoning = shapeOf('jamba-reasoning-3b');
const hardware = findHardware('h100');

describe('tokensForDollars', () => {
  it('is the way back of planTraining', () => {
    const { tokens, seconds } = tokensForDollars(reasoning, 5000, { hardware, count: 8 });
    const low = planTraining(reasoning, { hardware, count: 8, tokens: tokens.low });
    const high = planTraining(reasoning, { hardware, count: 8, tokens: tokens.high });
    expect(low.dollars.high).toBeCloseTo(5000, 0);
    expect(high.dollars.low).toBeCloseTo(5000, 0);
    expect(seconds.high).toBeCloseTo(high.seconds.low, -1);
    expect(tokensForDollars(reasoning, 10_000, { hardware, count: 8 }).tokens.low / tokens.low).toBeCloseTo(2, 9);
  });
});

describe('parametersForDollars', () => {
  it('spends 6 · N · D FLOPs with D tokens in proportion', () => {
    const rate = { flopsPerSecond: 1e15, utilisation: { low: 0.4, high: 0.4 }, dollarsPerHour: { low: 2, high: 2 } };
    const { parameters, tokens } = parametersForDollars(5000, rate);
    expect(parameters.low).toBe(parameters.high);
    expect(tokens.low).toBeCloseTo(20 * parameters.low, 0);
    expect((6 * parameters.low * tokens.low) / ((5000 / 2) * 3600 * 0.4e15)).toBeCloseTo(1, 9);
  });
});

describe('contextsForBytes', () => {
  it('is the longest sequence that serving fits, for each form of the weights', () => {
    const forms = contextsForBytes(reasoning, 24e9);
    const bf16 = forms.find(({ weights }) => weights === 'bf16')!;
    const plan = planServing(reasoning, { hardware: { ...hardware, memoryBytes: 24e9 }, weights: 'bf16' });
    expect(bf16).toMatchObject({
      maxContext: plan.maxContext,
      naiveMaxContext: plan.naiveMaxContext,
      weightsFit: true,
    });
    const int8 = forms.find(({ weights }) => weights === 'int8')!;
    expect(int8.maxContext!).toBeGreaterThan(bf16.maxContext!);
    expect(contextsForBytes(shapeOf('jamba-mini'), 24e9).every(({ weightsFit }) => !weightsFit)).toBe(true);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d bytes', (bytes) => {
    expect(() => contextsForBytes(reasoning, bytes)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parametersForBytes(bytes)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => tokensForDollars(reasoning, bytes, { hardware })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
