import { describe, expect, it } from 'vitest';
import type { PullProgress } from './options.js';
import { progressMeter } from './progress.js';

function meterWithClock(total: number) {
  const reports: PullProgress[] = [];
  const clock = { now: 0 };
  const meter = progressMeter(
    total,
    (progress) => reports.push(progress),
    () => clock.now,
  );
  return { meter, reports, clock };
}

describe('progressMeter', () => {
  it('counts files that are here already, but not into the rate', () => {
    const { meter, reports, clock } = meterWithClock(3000);
    meter.file('here', 1000);
    clock.now = 500;
    meter.fileDone();
    expect(reports.at(-1)).toEqual({
      file: 'here',
      fileBytes: 1000,
      fileTotal: 1000,
      bytes: 1000,
      total: 3000,
      bytesPerSecond: 0,
      secondsLeft: Number.POSITIVE_INFINITY,
    });
    meter.file('there', 2000);
    clock.now = 1000;
    meter.at(500, 500);
    expect(reports.at(-1)).toMatchObject({ fileBytes: 500, bytes: 1500, bytesPerSecond: 500, secondsLeft: 3 });
  });

  it('measures the last seconds', () => {
    const { meter, reports, clock } = meterWithClock(1e6);
    meter.file('a', 1e6);
    for (let second = 1; second <= 20; second++) {
      clock.now = second * 1000;
      // 1,000 bytes a second, then 100.
      meter.at(0, second <= 10 ? 1000 : 100);
    }
    expect(reports.at(-1)!.bytesPerSecond).toBe(100);
  });

  it('reports at most ten times a second, and the end of each file', () => {
    const { meter, reports, clock } = meterWithClock(1000);
    meter.file('a', 1000);
    for (let i = 1; i <= 1000; i++) {
      clock.now = i;
      meter.at(i, 1);
    }
    expect(reports).toHaveLength(10);
    meter.fileDone();
    expect(reports.at(-1)).toMatchObject({ fileBytes: 1000, secondsLeft: 0 });
  });

  it('takes a file that starts over', () => {
    const { meter, reports, clock } = meterWithClock(100);
    meter.file('a', 100);
    meter.at(80, 80);
    clock.now = 1000;
    meter.at(10, 10);
    expect(reports.at(-1)).toMatchObject({ bytes: 10, bytesPerSecond: 90 });
  });
});
