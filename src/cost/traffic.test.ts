import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { dataTraffic, forwardTraffic } from './traffic.js';

const mini = readModelShape(configOf('jamba-mini')).shape;
const alone = { tensor: 1, pipeline: 1, expert: 1, data: 1 };

describe('forwardTraffic', () => {
  it('is nothing on one device', () => {
    expect(forwardTraffic(mini, alone, 2)).toEqual({ tensor: 0, expert: 0, pipeline: 0 });
  });

  it('reduces D after the embedding, each mixer and each feed-forward, and R + 2N in a Mamba mixer', () => {
    const elements = 4096 * (1 + 32 + 32) + 28 * (256 + 32);
    expect(forwardTraffic(mini, { ...alone, tensor: 8 }, 2).tensor).toBe(2 * 2 * (7 / 8) * elements);
  });

  it('sends k copies of D to the experts and back', () => {
    const { tensor, expert } = forwardTraffic(mini, { ...alone, tensor: 8, expert: 8 }, 2);
    expect(expert).toBe(2 * (7 / 8) * 16 * 2 * 2 * 4096);
    // Feed-forwards of experts reduce nothing then.
    expect(tensor).toBe(2 * 2 * (7 / 8) * (4096 * (1 + 32 + 16) + 28 * 288));
  });

  it('passes D on between stages', () => {
    expect(forwardTraffic(mini, { ...alone, pipeline: 4 }, 2).pipeline).toBe((2 * 4096 * 3) / 4);
  });
});

describe('dataTraffic', () => {
  // ZeRO, section 7: 2Ψ for stages 0 to 2, 3Ψ for stage 3, in the limit of many devices and one micro-batch.
  it.each([
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 3],
  ] as const)('of stage %d is %d times the parameters', (stage, times) => {
    const sent = dataTraffic({ weights: 1, gradients: 1 }, stage, 1000, 1);
    expect(sent).toBeCloseTo(times * (999 / 1000), 9);
  });

  it('gathers the weights for every micro-batch at stage 3 only', () => {
    const sent = (stage: 2 | 3) => dataTraffic({ weights: 10, gradients: 1 }, stage, 2, 4);
    expect([sent(2), sent(3)]).toEqual([(10 + 1) / 2, (1 + 2 * 4 * 10) / 2]);
    expect(dataTraffic({ weights: 10, gradients: 1 }, 3, 1, 4)).toBe(0);
  });
});
