import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { planMemory } from './memory.js';
import { sequenceBytes } from './state.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const context = 262_144;

describe('sequenceBytes', () => {
  // The Jamba papers (arXiv 2403.19887, 2408.12570), in GiB at 256K tokens and 16 bit; the 126 of Llama-3.1-405B is the
  // identity's own.
  it.each([
    ['llama-2-7b', 128],
    ['mistral-7b', 32],
    ['mixtral-8x7b', 32],
    ['jamba-mini', 4],
    ['jamba-large', 9],
    ['jamba-reasoning-3b', 0.25],
    ['llama-3.1-8b', 32],
    ['llama-3.1-70b', 80],
    ['mistral-large-2', 88],
    ['mixtral-8x22b', 56],
    ['llama-3.1-405b', 126],
    ['llama-2-70b', 80],
  ])('of %s is %d GiB of keys and values', (name, gibibytes) => {
    expect(sequenceBytes(shapeOf(name), context).kvCacheBytes).toBe(gibibytes * 2 ** 30);
  });

  it.each([
    ['jamba-mini', 16_384],
    ['jamba-large', 36_864],
    ['jamba-reasoning-3b', 1024],
  ])('of %s is %d bytes a token', (name, bytes) => {
    expect(sequenceBytes(shapeOf(name), 1).kvCacheBytes).toBe(bytes);
  });

  it('has an f32 scan state and a 16-bit convolution state of K columns, whatever the context', () => {
    const ssm = 28 * 8192 * 16 * 4;
    const convolution = 28 * 8192 * 4 * 2;
    expect(ssm / 1e6).toBeCloseTo(14.7, 1);
    expect(convolution / 1e6).toBeCloseTo(1.8, 1);
    for (const tokens of [1, 7, context]) {
      expect(sequenceBytes(shapeOf('jamba-mini'), tokens).stateBytes).toBe(ssm + convolution);
    }
  });

  it('is nothing for an encoder, and both halves for an encoder-decoder', () => {
    expect(sequenceBytes(shapeOf('bert-base'), 512)).toEqual({ kvCacheBytes: 0, stateBytes: 0 });
    // 512 tokens read and 512 written: six layers, each with its own and the encoder's keys and values of 8 heads of 64.
    expect(sequenceBytes(shapeOf('t5-small'), 1024).kvCacheBytes).toBe(6 * (512 + 512) * 2 * 8 * 64 * 2);
  });

  it('follows the dtype of the cache', () => {
    const bytes = (kvDType: 'f32' | 'fp8') => sequenceBytes(shapeOf('jamba-mini'), 1, { kvDType }).kvCacheBytes;
    expect([bytes('f32'), bytes('fp8')]).toEqual([32_768, 8192]);
  });
});

describe('planMemory', () => {
  it('adds up weights, cache and states of the whole batch', () => {
    const one = planMemory(shapeOf('jamba-mini'), { context: 1000 });
    const three = planMemory(shapeOf('jamba-mini'), { context: 1000, batch: 3 });
    expect(three.kvCacheBytes).toBe(3 * one.kvCacheBytes);
    expect(three.stateBytes).toBe(3 * one.stateBytes);
    expect(three.totalBytes).toBe(one.weightsBytes + 3 * (one.kvCacheBytes + one.stateBytes));
  });

  it('takes 4096 tokens unless told, or as many as learned positions allow', () => {
    expect(planMemory(shapeOf('jamba-mini')).context).toBe(4096);
    expect(planMemory(shapeOf('bert-base')).context).toBe(512);
  });

  it.each([
    [{ context: 0 }, 'context: expected a whole number from 1, got 0'],
    [{ context: Number.NaN }, 'context: expected a whole number from 1, got NaN'],
    [{ context: 1.5 }, 'context: expected a whole number from 1, got 1.5'],
    [{ batch: -1 }, 'batch: expected a whole number from 1, got -1'],
    [{ weights: 'int3' as never }, 'weights: expected bf16 | f16 | f32 | experts-int8 | int8, got int3'],
    [{ kvDType: 'f64' as never }, 'kvDType: expected bf16 | f16 | f32 | fp8 | int8, got f64'],
  ])('refuses %o', (options, message) => {
    expect(() => planMemory(shapeOf('jamba-mini'), options)).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });

  it('refuses more tokens than there are learned positions', () => {
    expect(() => planMemory(shapeOf('bert-base'), { context: 513 })).toThrow(
      expect.objectContaining({ code: 'limit', message: 'context of learned positions: at most 512, found 513' }),
    );
  });
});
