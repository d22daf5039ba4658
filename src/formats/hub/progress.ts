import type { PullProgress } from './options.js';

/** Milliseconds over which the rate is measured, and the least time between two reports. */
const windowMilliseconds = 5000;
const reportMilliseconds = 100;

export interface ProgressMeter {
  /** Another file begins. */
  file(name: string, size: number): void;
  /** The file has `position` bytes, `arrived` of them new over the network. */
  at(position: number, arrived: number): void;
  /** The file is whole. */
  fileDone(): void;
}

/** Turns byte counts into reports with a rate and the time left. `now` is in milliseconds. */
export function progressMeter(
  total: number,
  report: (progress: PullProgress) => void,
  now: () => number = () => performance.now(),
): ProgressMeter {
  let name = '';
  let size = 0;
  let position = 0;
  let earlierFiles = 0;
  let lastReport = Number.NEGATIVE_INFINITY;
  let network = 0;
  let samples: { time: number; network: number }[] = [{ time: now(), network: 0 }];

  const send = (time: number) => {
    lastReport = time;
    // The last sample before the window stays, so that the rate spans the whole window.
    const first = samples.findLastIndex((sample) => sample.time <= time - windowMilliseconds);
    samples = [...samples.slice(Math.max(first, 0)), { time, network }];
    const { time: since, network: before } = samples[0]!;
    const bytesPerSecond = time > since ? ((network - before) / (time - since)) * 1000 : 0;
    const bytes = earlierFiles + position;
    const secondsLeft = (total - bytes) / bytesPerSecond;
    report({
      file: name,
      fileBytes: position,
      fileTotal: size,
      bytes,
      total,
      bytesPerSecond,
      secondsLeft: bytesPerSecond > 0 ? secondsLeft : Number.POSITIVE_INFINITY,
    });
  };

  return {
    file(nextName, nextSize) {
      name = nextName;
      size = nextSize;
      position = 0;
    },
    at(nextPosition, arrived) {
      position = nextPosition;
      network += arrived;
      const time = now();
      if (time - lastReport >= reportMilliseconds) send(time);
    },
    fileDone() {
      position = size;
      send(now());
      earlierFiles += size;
      position = 0;
    },
  };
}
