import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { trainingFlops } from './flops.js';
import { findHardware } from './hardware.js';
import { planTraining, type TrainingOptions } from './training.js';
import { trainingMemory } from './trainingMemory.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const mini = shapeOf('jamba-mini');
const h100 = findHardware('h100');
const plan = (options: Partial<TrainingOptions> = {}) =>
  planTraining(mini, { hardware: h100, count: 512, tokens: 300e9, ...options });

describe('planTraining', () => {
  it('counts FLOPs of whole sequences, and time and money from them', () => {
    const each = trainingFlops(mini, 4096, 'full');
    const parts = Object.values(plan().flopsPerToken);
    const perToken = parts.reduce((sum, { forward, backward }) => sum + forward + backward, 0);
    expect(perToken * 4096).toBeCloseTo(each.flops, -3);
    const { flops, hardwareFlops, seconds, dollars, energyKilowattHours, carbonKilograms } = plan();
    expect(flops).toBeCloseTo((300e9 / 4096) * each.flops, -10);
    expect(hardwareFlops / flops).toBeCloseTo(each.hardwareFlops / each.flops, 12);
    const atPeak = hardwareFlops / (512 * h100.peakFlopsPerSecond.bf16!);
    expect(seconds.low).toBeCloseTo(atPeak / 0.55, 3);
    expect(seconds.high).toBeCloseTo((1.15 * atPeak) / 0.2, 3);
    expect(dollars.low).toBeCloseTo((512 * h100.dollarsPerHour.low * seconds.low) / 3600, 3);
    expect(dollars.high).toBeCloseTo((512 * h100.dollarsPerHour.high * seconds.high) / 3600, 3);
    expect(energyKilowattHours.high).toBeCloseTo((512 * h100.powerWatts * 1.5 * seconds.high) / 3.6e6, 3);
    expect(carbonKilograms.low).toBeCloseTo(0.02 * energyKilowattHours.low, 6);
  });

  it('is proportional to tokens, and follows what is given', () => {
    expect(plan({ tokens: 600e9 }).dollars.high).toBeCloseTo(2 * plan().dollars.high, 3);
    expect(plan({ utilisation: { low: 0.1, high: 0.5 } }).seconds.high).toBeCloseTo(2 * plan().seconds.high, 3);
    expect(plan({ dollarsPerHour: { low: 1, high: 1 } }).dollars.low).toBeCloseTo((512 * plan().seconds.low) / 3600, 3);
    expect(plan({ runs: 3, configurations: 4 }).fullyLoaded).toMatchObject({ runs: 3, configurations: 4, factor: 12 });
    expect(plan({ batchTokens: 1e6 }).steps).toBe(300_000);
  });

  it('waits for a pipeline to fill, and for a slow network', () => {
    const one = plan({ batchTokens: 4096 * 512 });
    const piped = plan({ batchTokens: 4096 * 512, layout: { pipeline: 4 } });
    // 128 copies and four micro-batches each: (4 + 3) / 4 of the time.
    expect(piped.seconds.low / one.seconds.low).toBeCloseTo(7 / 4, 9);
    expect(one.limit).toBe('flops');
    const slow = plan({ networkBytesPerSecond: 1e9 });
    expect(slow.limit).toBe('interconnect');
    expect(slow.seconds.low).toBeGreaterThan(5 * one.seconds.low);
  });

  it('does not fit one device, and fits 512', () => {
    expect(plan().fits).toBe(true);
    const alone = plan({ count: 1 });
    expect(alone.fits).toBe(false);
    // 16 bytes a parameter in mixed precision.
    expect(alone.perDevice.weightsBytes + alone.perDevice.gradientsBytes + alone.perDevice.optimizerBytes).toBe(
      16 * 51_570_323_328,
    );
    expect(alone.perDeviceBytes).toBe(Object.values(alone.perDevice).reduce((sum, bytes) => sum + bytes, 0));
  });

  it.each([
    [{ tokens: 0 }, 'tokens: expected a number over 0, got 0'],
    [{ tokens: Number.NaN }, 'tokens: expected a number over 0, got NaN'],
    [{ count: -8 }, 'count: expected a whole number from 1, got -8'],
    [{ zero: 4 as never }, 'zero: expected 0 | 1 | 2 | 3, got 4'],
    [{ utilisation: { low: 0.2, high: 1.2 } }, 'utilisation (high): expected a number from 0.001 to 1, got 1.2'],
    [
      { utilisation: { low: 0.5, high: 0.2 } },
      'utilisation: expected a low end that is not above the high end, got 0.5 to 0.2',
    ],
    [{ restarts: { low: 0.5, high: 1 } }, 'restarts (low): expected a number from 1 to 100, got 0.5'],
    [{ runs: 0 }, 'runs: expected a whole number from 1, got 0'],
    [
      { layout: { tensor: 3 } },
      'tensor and pipeline parallelism: expected a product that divides 512 devices, got 3 × 1',
    ],
    [{ layout: { tensor: 0 } }, 'tensor parallelism: expected a whole number from 1, got 0'],
    [{ batchTokens: Number.POSITIVE_INFINITY }, 'batchTokens: expected a number over 0, got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => plan(options)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});

describe('trainingMemory', () => {
  const layout = { tensor: 1, pipeline: 1, expert: 1, data: 64 };
  const base = { context: 1024, microBatch: 1, layout, checkpointing: 'full', precision: 'mixed' } as const;
  const P = 51_570_323_328;

  // ZeRO, figure 1: 16Ψ, 4Ψ + 12Ψ/N, 2Ψ + 14Ψ/N, 16Ψ/N.
  it.each([
    [0, 16],
    [1, 4 + 12 / 64],
    [2, 2 + 14 / 64],
    [3, 16 / 64],
  ] as const)('of ZeRO-%d is %d bytes a parameter', (zero, bytes) => {
    const { weightsBytes, gradientsBytes, optimizerBytes } = trainingMemory(mini, { ...base, zero });
    expect(weightsBytes + gradientsBytes + optimizerBytes).toBeCloseTo(bytes * P, 0);
  });

  it('spreads experts over data-parallel devices, and shares their states with fewer copies', () => {
    const experts = 16 * 16 * 3 * 4096 * 14_336;
    const { optimizerBytes } = trainingMemory(mini, { ...base, zero: 1, layout: { ...layout, expert: 16 } });
    expect(optimizerBytes).toBeCloseTo((12 * (P - experts)) / 64 + (12 * experts) / 16 / 4, 0);
  });

  it('has four bytes of everything and no master weights in f32', () => {
    const { weightsBytes, gradientsBytes, optimizerBytes } = trainingMemory(mini, {
      ...base,
      zero: 0,
      precision: 'f32',
    });
    expect([weightsBytes, gradientsBytes, optimizerBytes]).toEqual([4 * P, 4 * P, 8 * P]);
  });
});
