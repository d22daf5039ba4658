/**
 * One more token for each of several sequences: a forward pass whose shapes never change, captured once and then run as a
 * single submission on new ids, positions and pages.
 */
import type { Model } from '../models/index.js';
import { type ProjectionAdapter, Segments, type State, type StatePool } from '../nn/index.js';
import { CapturedStep, magnitudes, scope, Tensor, topK, unscoped } from '../tensor/index.js';

/** A search for the likeliest tokens of a step, captured beside it. */
interface Search {
  readonly step: CapturedStep;
  /** (S, 1) */
  readonly indices: Tensor;
  /** (blocks of the logits) */
  readonly squares: Tensor;
}

export class DecodeStep implements Disposable {
  private search: Search | undefined;

  private constructor(
    private readonly pool: StatePool,
    private readonly growths: number,
    private readonly ids: Tensor,
    private readonly segments: Segments,
    /** Of each row: their matrices are part of what was captured. */
    private readonly adapters: readonly (ProjectionAdapter | undefined)[],
    private readonly step: CapturedStep,
    /** (S, V) */
    private readonly logits: Tensor,
  ) {}

  /** Runs the step for the first time and keeps it. */
  static capture(
    model: Model,
    states: readonly State[],
    ids: readonly number[],
    adapters: readonly (ProjectionAdapter | undefined)[] = states.map(() => undefined),
  ): DecodeStep {
    const { device } = model;
    const lengths = states.map(() => 1);
    // Room is made first: growing the pool is no part of the step.
    const segments = unscoped(() => new Segments(device, lengths, states, adapters));
    const input = unscoped(() => Tensor.from(device, [ids.length], Int32Array.from(ids)));
    const { pool } = states[0]!;
    try {
      const { step, result } = unscoped(() =>
        CapturedStep.record(device, () => scope(() => model.forward({ segments, ids: input }).logits!)),
      );
      return new DecodeStep(pool, pool.growths, input, segments, [...adapters], step, result);
    } catch (error) {
      segments.dispose();
      input.dispose();
      throw error;
    }
  }

  /** Runs it for these states; false if it does not fit them, and nothing was done. */
  run(
    states: readonly State[],
    ids: readonly number[],
    adapters: readonly (ProjectionAdapter | undefined)[] = states.map(() => undefined),
  ): boolean {
    if (adapters.length !== this.adapters.length || adapters.some((adapter, i) => adapter !== this.adapters[i])) {
      return false;
    }
    if (states[0]?.pool !== this.pool || !this.segments.continueWith(states)) return false;
    if (this.pool.growths !== this.growths) return false;
    this.segments.begin(this.pool.layouts);
    this.ids.write(Int32Array.from(ids));
    this.step.run();
    this.segments.advance();
    return true;
  }

  read(): ReturnType<Tensor['read']> {
    return this.logits.read();
  }

  /**
   * The likeliest token of each row, of equals the lowest id: found on the device, since the logits of many rows take longer to
   * come to the host than to search. Undefined if not all logits are numbers, which the caller has to look into.
   */
  async likeliest(): Promise<Int32Array | undefined> {
    const { search, logits } = this;
    if (search === undefined) {
      const { step, result } = unscoped(() =>
        CapturedStep.record(logits.device, () =>
          scope(() => ({ indices: topK(logits, 1).indices, squares: magnitudes(logits).squares })),
        ),
      );
      this.search = { step, ...result };
    } else {
      search.step.run();
    }
    const { indices, squares } = this.search!;
    const sums = await squares.read();
    // A sum is NaN or infinite if one of its elements is.
    return sums.every(Number.isFinite) ? ((await indices.read()) as Int32Array) : undefined;
  }

  dispose(): void {
    const { search } = this;
    if (search !== undefined) for (const owned of [search.step, search.indices, search.squares]) owned.dispose();
    for (const owned of [this.step, this.logits, this.segments, this.ids]) owned.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
