import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { decodeBound } from './decode.js';
import { expectedExperts } from './flops.js';
import { findHardware, hardwareTable } from './hardware.js';
import { weightsBytes } from './parameters.js';
import { fittingMachines, planServing, type ServingOptions } from './serving.js';
import { sequenceBytes } from './state.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const mini = shapeOf('jamba-mini');
const a100 = findHardware('a100-80gb');
const serve = (options: Partial<ServingOptions> = {}, shape = mini) =>
  planServing(shape, { hardware: a100, weights: 'experts-int8', ...options });

describe('memory', () => {
  it('Large fits 8 × 80 GB at 256K tokens with ExpertsInt8 and does not in bf16 (arXiv 2408.12570)', () => {
    const large = shapeOf('jamba-large');
    const on = (weights: 'experts-int8' | 'bf16') => serve({ count: 8, context: 262_144, weights }, large);
    expect(on('experts-int8').fits).toBe(true);
    expect(on('experts-int8').layout).toEqual({ tensor: 8, pipeline: 1, expert: 1, data: 1 });
    expect(on('bf16')).toMatchObject({ fits: false, maxContext: 0, maxConcurrency: 0, dollarsPerMillionTokens: null });
    expect(on('bf16').perDeviceBytes).toBeGreaterThan(a100.memoryBytes);
  });

  it('Mini fits 1 × 80 GB with ExpertsInt8 and 2 × 80 GB in bf16 (arXiv 2408.12570)', () => {
    expect(serve({ context: 100_000 }).fits).toBe(true);
    expect(serve({ context: 4096, weights: 'bf16' }).fits).toBe(false);
    expect(serve({ context: 262_144, weights: 'bf16', count: 2 }).fits).toBe(true);
  });

  it('the practical maximum of Mini on 80 GB is within 25 % of 140K tokens, and what takes the rest is told (arXiv 2403.19887)', () => {
    const { maxContext, naiveMaxContext, atMaxContext, usableBytesPerDevice, widestPart } = serve();
    expect(Math.abs(maxContext! / 140_000 - 1)).toBeLessThan(0.25);
    // Naively, ten times as many: the cache alone takes only 16,384 bytes a token.
    expect(naiveMaxContext).toBe(Math.floor((80e9 - weightsBytes(mini, 'experts-int8') - 16_515_072) / 16_384));
    expect(usableBytesPerDevice).toBe(72e9);
    expect(widestPart).toBe('denseMlp');
    const { weightsBytes: weights, kvCacheBytes, stateBytes, workspaceBytes } = atMaxContext!;
    expect(weights).toBe(weightsBytes(mini, 'experts-int8'));
    expect(kvCacheBytes).toBe(16_384 * maxContext!);
    expect(stateBytes).toBe(16_515_072);
    expect(workspaceBytes).toBe(2 * (2 * 4096 + 3 * 14_336) * maxContext! + 4 * 65_536);
    expect(weights + kvCacheBytes + stateBytes + workspaceBytes).toBeLessThanOrEqual(72e9);
  });

  it('grows by a sequence until it does not fit', () => {
    const { maxConcurrency } = serve({ context: 50_000 });
    expect(serve({ context: 50_000, batch: maxConcurrency! }).fits).toBe(true);
    expect(serve({ context: 50_000, batch: maxConcurrency! + 1 }).fits).toBe(false);
    const { maxContext } = serve();
    expect(serve({ context: maxContext! }).fits).toBe(true);
    expect(serve({ context: maxContext! + 1 }).fits).toBe(false);
  });

  it('takes less work space in chunks, and more where mixtures run at once', () => {
    expect(serve({ prefillChunk: 8192 }).maxContext!).toBeGreaterThan(5 * serve().maxContext!);
    expect(serve({ experts: 'grouped' }).maxContext!).toBeLessThan(serve().maxContext!);
    expect(serve({ usable: 1 }).maxContext!).toBeGreaterThan(serve().maxContext!);
  });

  it('has no bound where nothing grows, and the learned positions where there are some', () => {
    const mamba = serve({ weights: 'bf16' }, shapeOf('mamba-2.8b'));
    expect(mamba.naiveMaxContext).toBeNull();
    expect(mamba.maxContext).toBeGreaterThan(1e6);
    expect(serve({ weights: 'bf16', prefillChunk: 4096 }, shapeOf('mamba-2.8b'))).toMatchObject({
      maxContext: null,
      atMaxContext: null,
    });
    expect(serve({ weights: 'bf16' }, shapeOf('gpt2-xl')).maxContext).toBe(1024);
    expect(serve({ weights: 'bf16' }, shapeOf('bert-base'))).toMatchObject({
      maxContext: 512,
      tokensPerSecondBound: 0,
    });
  });

  it('is that of the fullest stage', () => {
    const whole = serve({ weights: 'bf16' });
    const staged = serve({ weights: 'bf16', count: 4, layout: { pipeline: 4 } });
    expect(staged.perDeviceBytes).toBeGreaterThan(whole.perDeviceBytes / 4);
    expect(staged.perDeviceBytes).toBeLessThan(whole.perDeviceBytes / 3.5);
  });
});

describe('speed', () => {
  const setup = {
    hardware: a100,
    layout: { tensor: 1, pipeline: 1, expert: 1, data: 1 },
    weights: 'bf16',
    kvDType: 'bf16',
  } as const;

  it('of one sequence reads the weights that a token uses, its keys and values, and its states twice', () => {
    const { bytesPerStep, limit, tokensPerSecond, expertsPerStep } = decodeBound(mini, setup, 10_000, 1);
    const { kvCacheBytes, stateBytes } = sequenceBytes(mini, 10_000);
    const embedding = 65_536 * 4096;
    expect(bytesPerStep).toBe(2 * (12_110_311_296 - embedding) + kvCacheBytes + 2 * stateBytes);
    expect(expertsPerStep).toBe(2);
    expect(limit).toBe('bandwidth');
    expect(tokensPerSecond).toBeCloseTo(2039e9 / bytesPerStep, 6);
  });

  it('of many reads the expected number of distinct experts', () => {
    const batch = 7;
    const { bytesPerStep, expertsPerStep } = decodeBound(mini, setup, 1, batch);
    expect(expertsPerStep).toBeCloseTo(16 * (1 - (14 / 16) ** batch), 12);
    const expert = 3 * 4096 * 14_336;
    const { kvCacheBytes, stateBytes } = sequenceBytes(mini, 1);
    const rest = 12_110_311_296 - 65_536 * 4096 - 16 * 2 * expert;
    const read = 2 * (rest + 16 * expectedExperts(16, 2, batch) * expert) + batch * (kvCacheBytes + 2 * stateBytes);
    expect(bytesPerStep / read).toBeCloseTo(1, 12);
  });

  it('is set by arithmetic where the batch is large', () => {
    const dense = decodeBound(shapeOf('llama-2-7b'), setup, 1, 100_000);
    expect(dense.limit).toBe('flops');
    // Two FLOPs a weight but for the embedding's, which is looked up.
    expect(dense.tokensPerSecond).toBeCloseTo(312e12 / (2 * (6_738_415_616 - 32_000 * 4096)), -3);
  });

  it('is shared by stages, and halves the bytes of two devices', () => {
    const two = decodeBound(mini, { ...setup, layout: { ...setup.layout, tensor: 2 } }, 4096, 8);
    const one = decodeBound(mini, setup, 4096, 8);
    expect(two.bytesPerStep / one.bytesPerStep).toBeCloseTo(0.5, 2);
    const staged = decodeBound(mini, { ...setup, layout: { ...setup.layout, pipeline: 2 } }, 4096, 8);
    // Two groups of four take turns; each group's experts are read by itself.
    expect(staged.tokensPerSecond).toBeGreaterThan(one.tokensPerSecond);
    expect(staged.tokensPerSecond).toBeLessThan(two.tokensPerSecond);
  });

  it('prices tokens at the highest concurrency', () => {
    const plan = serve({ context: 8192, dollarsPerHour: { low: 1, high: 2 }, efficiency: { low: 0.25, high: 0.5 } });
    const { tokensPerSecondBound, dollarsPerMillionTokens } = plan;
    expect(tokensPerSecondBound).toBe(
      decodeBound(mini, { ...setup, weights: 'experts-int8' }, 8192, plan.maxConcurrency!).tokensPerSecond,
    );
    expect(dollarsPerMillionTokens!.low).toBeCloseTo(1e6 / 3600 / (0.5 * tokensPerSecondBound), 9);
    expect(dollarsPerMillionTokens!.high).toBeCloseTo(2e6 / 3600 / (0.25 * tokensPerSecondBound), 9);
  });
});

describe('machines', () => {
  it('are those on which it fits, the cheapest first, without ones that ExpertsInt8 does not run on', () => {
    const machines = fittingMachines(mini, hardwareTable, { weights: 'experts-int8', context: 100_000 });
    const ids = machines.map(({ hardware }) => hardware);
    expect(ids).toContain('h100');
    expect(ids).not.toContain('v100-32gb');
    expect(machines.find(({ hardware }) => hardware === 'a100-80gb')).toMatchObject({ count: 1 });
    expect(machines.find(({ hardware }) => hardware === 'a100-40gb')).toMatchObject({ count: 2 });
    const prices = machines.map(({ dollarsPerHour }) => dollarsPerHour.low);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(fittingMachines(mini, hardwareTable, { weights: 'f16' }).map(({ hardware }) => hardware)).toContain(
      'v100-32gb',
    );
  });

  it('below compute capability 8.0 are refused for ExpertsInt8', () => {
    for (const id of ['v100-32gb', 't4']) {
      expect(() => serve({ hardware: findHardware(id) })).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining('compute capability 8.0 or more') }),
      );
    }
    expect(serve({ hardware: findHardware('v100-32gb'), weights: 'f16', count: 8 }).fits).toBe(true);
    expect(serve({ hardware: { ...a100, computeCapability: 8 } }).fits).toBe(true);
    expect(() => serve({ hardware: { ...a100, computeCapability: 7.9 } })).toThrow('compute capability');
  });

  it.each([
    [{ count: 0 }, 'count: expected a whole number from 1, got 0'],
    [{ context: -1 }, 'context: expected a whole number from 1, got -1'],
    [{ batch: Number.NaN }, 'batch: expected a whole number from 1, got NaN'],
    [{ usable: 0 }, 'usable: expected a number from 0.01 to 1, got 0'],
    [{ prefillChunk: 0 }, 'prefillChunk: expected a whole number from 1, got 0'],
    [{ experts: 'some' as never }, 'experts: expected one-by-one | grouped, got some'],
    [
      { count: 8, layout: { tensor: 2, pipeline: 2 } },
      'tensor and pipeline parallelism: expected a product of 8 devices, got 2 × 2',
    ],
    [{ count: 8, layout: { tensor: 3 } }, 'tensor parallelism: expected a divisor of 8 devices, got 3'],
    [{ count: 3, layout: { tensor: 3 } }, 'tensor parallelism: expected a divisor of 8192 heads or channels, got 3'],
    [{ efficiency: { low: 0, high: 1 } }, 'efficiency (low): expected a number from 0.001 to 1, got 0'],
  ])('refuse %o', (options, message) => {
    expect(() => serve(options)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});
