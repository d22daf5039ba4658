/** How much work a run has done, and how fast. */
import { type ModelShape, trainingFlops } from '../cost/index.js';
import type { Batch } from './data/batch.js';

export interface Speed {
  readonly tokensPerSecond: number;
  /** Floating-point operations that the model's formulas ask for (`src/cost`), nothing computed twice. */
  readonly flopsPerSecond: number;
  /** Of the device's peak in the run's precision, where that was measured. */
  readonly shareOfPeak?: number;
}

/** Counts tokens, operations and seconds. */
export class Meter {
  private mark = performance.now();
  private recent = { tokens: 0, flops: 0, seconds: 0 };
  private readonly flopsByLength = new Map<number, number>();

  constructor(
    private readonly shape: ModelShape,
    /** Floating-point operations a second that the device reaches at most. */
    private readonly peakFlopsPerSecond?: number | undefined,
    /** Of the whole run, over all its starts. */
    public total = { tokens: 0, seconds: 0 },
  ) {}

  /** A step over these batches is done. */
  step(batches: readonly Batch[]): void {
    const seconds = this.pause();
    this.recent.seconds += seconds;
    for (const { ids, lengths } of batches) {
      this.total.tokens += ids.length;
      this.recent.tokens += ids.length;
      for (const length of lengths) this.recent.flops += this.flopsOf(length);
    }
  }

  /** Seconds since the last call pass for the run, and for no step. */
  pause(): number {
    const now = performance.now();
    const seconds = (now - this.mark) / 1000;
    this.mark = now;
    this.total.seconds += seconds;
    return seconds;
  }

  /** Of the steps since the last `restart`. */
  get speed(): Speed {
    const { tokens, flops, seconds } = this.recent;
    const flopsPerSecond = flops / seconds;
    const peak = this.peakFlopsPerSecond;
    const share = peak === undefined ? {} : { shareOfPeak: flopsPerSecond / peak };
    return { tokensPerSecond: tokens / seconds, flopsPerSecond, ...share };
  }

  restart(): void {
    this.recent = { tokens: 0, flops: 0, seconds: 0 };
  }

  private flopsOf(length: number): number {
    let flops = this.flopsByLength.get(length);
    if (flops === undefined) {
      ({ flops } = trainingFlops(this.shape, length, 'none'));
      this.flopsByLength.set(length, flops);
    }
    return flops;
  }
}
