import { describe, expect, it } from 'vitest';
import { rateShare, type Schedule } from './schedule.js';

const shares = (schedule: Schedule, total: number) =>
  Array.from({ length: total }, (_, step) => rateShare(schedule, step, total));

describe('rateShare', () => {
  it('rises in a line over the warm-up, as steps or as a share of all', () => {
    const constant = { shape: 'constant', decay: 0, final: 0 } as const;
    expect(shares({ ...constant, warmup: 4 }, 8)).toEqual([0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
    expect(shares({ ...constant, warmup: 0.5 }, 8)).toEqual([0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
    expect(shares({ ...constant, warmup: 0 }, 2)).toEqual([1, 1]);
  });

  it('falls in a line to what the step after the last would take', () => {
    const linear = { shape: 'linear', warmup: 2, decay: 0, final: 0 } as const;
    expect(shares(linear, 6)).toEqual([0.5, 1, 0.8, 0.6, 0.4, 0.2].map((share) => expect.closeTo(share, 12)));
    expect(rateShare({ ...linear, final: 0.5 }, 6, 6)).toBeCloseTo(0.5, 12);
  });

  it('falls as half a cosine, by half in the middle', () => {
    const cosine = { shape: 'cosine', warmup: 0, decay: 0, final: 0.2 } as const;
    const all = shares(cosine, 9);
    expect(all[4]).toBeCloseTo(0.6, 12);
    expect(all.toSorted((a, b) => b - a)).toEqual(all);
    expect(rateShare(cosine, 9, 9)).toBeCloseTo(0.2, 12);
  });

  it('stays, and falls over the last steps', () => {
    const stable = { shape: 'stable-decay', warmup: 2, decay: 0.4, final: 0 } as const;
    expect(shares(stable, 10).map((share) => Math.round(share * 1e9) / 1e9)).toEqual([
      0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2,
    ]);
    // A decay that is longer than what the warm-up leaves begins after it.
    expect(shares({ ...stable, decay: 100 }, 4)).toEqual(
      [0.5, 1, 2 / 3, 1 / 3].map((share) => expect.closeTo(share, 12)),
    );
  });
});
