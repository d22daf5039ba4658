/** The segments of a flat batch and the state that each carries from one call to the next, for `conv1d` and `selectiveScan`. */
import { expectShape, formatShape, shapeError } from './shape.js';
import type { Tensor } from './tensor.js';

export interface SequenceState {
  /** i32 (S+1), from 0 to T: segment s has rows [offsets[s], offsets[s+1]). */
  readonly offsets: Tensor;
  /** What came before each segment, differentiable: (S, K, C) for `conv1d`, (S, N, C) for `selectiveScan`. Zeros if absent. */
  readonly initial?: Tensor | undefined;
  /** A pool (slots, K, C) or (slots, N, C) that is read and then written in place; has no gradient. Excludes `initial`. */
  readonly state?: Tensor | undefined;
  /** i32 (S): the place in `state` of each segment. */
  readonly slots?: Tensor | undefined;
  /** Whether to give back the states after the segments. */
  readonly wantFinal?: boolean | undefined;
}

export interface SequenceOutput {
  /** (T, C) */
  readonly out: Tensor;
  /** The state after each segment, if it was asked for: the form of `initial`. */
  readonly final?: Tensor;
}

export function segmentsOf(op: string, offsets: Tensor): number {
  if (offsets.shape.length !== 1 || offsets.size === 0)
    shapeError(op, 'offsets', '(S + 1)', formatShape(offsets.shape));
  return offsets.size - 1;
}

/** Checks the operands of a `SequenceState` whose states are `block` = (K, C) or (N, C). */
export function checkStates(
  op: string,
  { offsets, initial, state, slots }: Omit<SequenceState, 'wantFinal'>,
  block: readonly [number, number],
): { segments: number; stateSlots: number } {
  const segments = segmentsOf(op, offsets);
  if ((state === undefined) !== (slots === undefined)) {
    shapeError(
      op,
      'slots',
      state === undefined ? 'none without `state`' : 'a place in `state` per segment',
      slots ? 'some' : 'none',
    );
  }
  if (state !== undefined && initial !== undefined)
    shapeError(op, 'initial', 'none beside `state`', formatShape(initial.shape));
  if (initial !== undefined) expectShape(op, 'initial', initial, [segments, ...block]);
  if (slots !== undefined) expectShape(op, 'slots', slots, [segments]);
  if (state !== undefined) expectShape(op, 'state', state, [undefined, ...block]);
  return { segments, stateSlots: state?.shape[0] ?? 0 };
}

/** States that are changed in place have no gradient. */
export const useInitial = ({ state }: { readonly state?: Tensor | undefined }): string | undefined =>
  state && 'pass the states as `initial` and take `final`, which have gradients, instead of `state` in place';
