/**
 * Stretches of a long text, each read from an empty state, as forward passes of bounded size: several short stretches run
 * side by side in one pass, a stretch that is too long for one goes through a state piece by piece.
 */
import type { Model } from '../models/index.js';
import { type KvDType, Segments, type State, StatePool } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { expectCausal } from './decodeBatch.js';

/** Positions [start, end) of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What one forward pass reads: whole stretches, or one piece of a stretch. */
export interface Pass {
  /** Each with the number of the stretch that it is (of). */
  readonly spans: readonly (Span & { readonly stretch: number })[];
  /** Set on the pieces of a stretch: whether it ends here. */
  readonly piece?: { readonly last: boolean };
}

/** Logits of one pass stay under this. */
const largestLogitsBytes = 64 * 2 ** 20;
const mostRows = 4096;

/** Rows of a pass that asks for all its logits. */
export const rowsOfPass = (vocabularySize: number) =>
  Math.max(1, Math.min(mostRows, Math.floor(largestLogitsBytes / (4 * vocabularySize))));

/** One stretch as pieces of `rows` rows; the last may be shorter. */
export function* piecesOf({ start, end }: Span, rows: number, stretch = 0): Generator<Pass, void> {
  for (let at = start; at < end; at += rows) {
    const spans = [{ start: at, end: Math.min(at + rows, end), stretch }];
    yield { spans, piece: { last: at + rows >= end } };
  }
}

/** Stretches in passes of at most `rows` rows, in order. */
export function* passesOf(stretches: readonly Span[], rows: number): Generator<Pass, void> {
  let together: Pass['spans'][number][] = [];
  let used = 0;
  for (const [stretch, { start, end }] of stretches.entries()) {
    if (used + end - start > rows && together.length > 0) {
      yield { spans: together };
      together = [];
      used = 0;
    }
    if (end - start > rows) {
      yield* piecesOf({ start, end }, rows, stretch);
    } else {
      together.push({ start, end, stretch });
      used += end - start;
    }
  }
  if (together.length > 0) yield { spans: together };
}

/** Runs passes through one model; the pieces of a stretch are to come in order. */
export class PassRunner implements Disposable {
  private pool: StatePool | undefined;
  private state: State | undefined;

  /** `kvDType`: what keys and values between the pieces of a stretch are kept as; f32 unless told. */
  constructor(
    readonly model: Model,
    private readonly kvDType?: KvDType,
  ) {}

  /** The logits (rows, V) of a pass over `ids`, within the caller's scope. */
  logits(ids: ArrayLike<number>, { spans, piece }: Pass): Tensor {
    const { device } = this.model;
    const lengths = spans.map(({ start, end }) => end - start);
    const rows = spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, t) => ids[start + t]!));
    const segments = new Segments(device, lengths, piece === undefined ? undefined : [this.stateOfStretch()]);
    const output = this.model.forward({ segments, ids: rows });
    if (piece?.last) this.dropState();
    return output.logits!;
  }

  dispose(): void {
    this.dropState();
    this.pool?.dispose();
    this.pool = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private stateOfStretch(): State {
    if (this.pool === undefined) {
      expectCausal(this.model);
      this.pool = new StatePool(this.model.device, this.model.stateLayouts, { kvDType: this.kvDType });
    }
    this.state ??= this.pool.create();
    return this.state;
  }

  private dropState(): void {
    this.state?.dispose();
    this.state = undefined;
  }
}
