import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import {
  defaultServingLayout,
  expectParallelism,
  type Parallelism,
  stageParameters,
  stageSequenceBytes,
  stagesOf,
  stageWeightsBytes,
} from './parallel.js';
import { countParameters, weightsBytes } from './parameters.js';
import { sequenceBytes } from './state.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const alone: Parallelism = { tensor: 1, pipeline: 1, expert: 1, data: 1 };
const mini = shapeOf('jamba-mini');

describe('shares of devices', () => {
  it('of one device are the whole model', () => {
    for (const name of ['jamba-mini', 'jamba-reasoning-3b', 't5-11b', 'bert-base', 'mamba-2.8b', 'mixtral-8x7b']) {
      const shape = shapeOf(name);
      expect(stageParameters(shape, alone)).toEqual([countParameters(shape).total]);
      expect(stageWeightsBytes(shape, alone, 'experts-int8')).toEqual([weightsBytes(shape, 'experts-int8')]);
      expect(stageSequenceBytes(shape, alone, 1000, 'bf16')).toEqual([sequenceBytes(shape, 1000)]);
    }
  });

  it('of tensor parallelism divide all matrices, and replicate norms and routers', () => {
    const [share] = stageParameters(mini, { ...alone, tensor: 8 });
    const replicated = 16 * 16 * 4096 + (2 * 32 + 1) * 4096 + 28 * (256 + 32);
    expect(share).toBe((countParameters(mini).total - replicated) / 8 + replicated);
  });

  it('of tensor parallelism beyond the key/value heads replicate those', () => {
    const [sixteen] = stageSequenceBytes(mini, { ...alone, tensor: 16 }, 1000, 'bf16');
    const [eight] = stageSequenceBytes(mini, { ...alone, tensor: 8 }, 1000, 'bf16');
    expect(eight!.kvCacheBytes).toBe(sequenceBytes(mini, 1000).kvCacheBytes / 8);
    expect(sixteen!.kvCacheBytes).toBe(eight!.kvCacheBytes);
    expect(sixteen!.stateBytes).toBe(sequenceBytes(mini, 1000).stateBytes / 16);
    // Two of the four attention matrices (k and v) have 8 heads: each device of sixteen keeps one of them whole.
    const kv = 2 * 4 * 1024 * 4096;
    const of = (tensor: number) => stageParameters(mini, { ...alone, tensor })[0]!;
    const norms = 16 * 16 * 4096 + (2 * 32 + 1) * 4096 + 28 * (256 + 32);
    expect(of(16)).toBe((countParameters(mini).total - norms - kv) / 16 + kv / 8 + norms);
  });

  it('of expert parallelism have whole experts', () => {
    const shares = stageParameters(mini, { ...alone, expert: 16, data: 16 });
    expect(shares[0]).toBe(countParameters(mini).total - (15 / 16) * 16 * 16 * 3 * 4096 * 14_336);
  });

  it('of a pipeline are stages of whole layers that together are the model', () => {
    const stages = stageParameters(mini, { ...alone, pipeline: 5 });
    expect(stages).toHaveLength(5);
    expect(stages.reduce((sum, stage) => sum + stage, 0)).toBe(countParameters(mini).total);
    expect(stagesOf(mini, 5).map(({ length }) => length)).toEqual([6, 6, 7, 6, 7]);
    const cache = stageSequenceBytes(mini, { ...alone, pipeline: 5 }, 100, 'bf16');
    expect(cache.reduce((sum, { kvCacheBytes }) => sum + kvCacheBytes, 0)).toBe(sequenceBytes(mini, 100).kvCacheBytes);
    // A tied head is on the last stage a second time.
    const tied = shapeOf('jamba-reasoning-3b');
    const twice = stageParameters(tied, { ...alone, pipeline: 2 }).reduce((sum, stage) => sum + stage, 0);
    expect(twice - countParameters(tied).total).toBe(65_536 * 2560);
  });

  it('of the stages of an encoder-decoder have caches in the decoder alone', () => {
    const t5 = shapeOf('t5-small');
    const stages = stageSequenceBytes(t5, { ...alone, pipeline: 2 }, 1000, 'bf16');
    expect(stages).toEqual([{ kvCacheBytes: 0, stateBytes: 0 }, sequenceBytes(t5, 1000)]);
  });
});

describe('layouts', () => {
  it.each([
    [8, 8, 1],
    [6, 2, 3],
    [3, 1, 3],
    [12, 4, 3],
  ])('of %d devices for serving are %d by tensors and %d stages', (count, tensor, pipeline) => {
    expect(defaultServingLayout(mini, count)).toEqual({ tensor, pipeline, expert: 1, data: 1 });
  });

  it.each([
    [{ tensor: 3 }, 'tensor parallelism: expected a divisor of 8192 heads or channels, got 3'],
    [{ tensor: 64 }, 'tensor parallelism: expected a divisor of 32 heads or channels, got 64'],
    [{ pipeline: 33 }, 'pipeline parallelism: expected at most 32 layers, got 33'],
    [{ expert: 3, data: 3 }, 'expert parallelism: expected a divisor of 16 experts, got 3'],
    [{ expert: 4, data: 6 }, 'expert parallelism: expected a divisor of the 6 devices of a stage, got 4'],
    [{ data: 0 }, 'data parallelism: expected a whole number from 1, got 0'],
  ])('%o are refused', (wanted, message) => {
    expect(() => expectParallelism(mini, { ...alone, ...wanted })).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });

  it('spread no experts where there are none', () => {
    expect(() => expectParallelism(shapeOf('llama-2-7b'), { ...alone, expert: 2, data: 2 })).toThrow(
      'expert parallelism: expected 1 for a model without experts, got 2',
    );
  });
});
