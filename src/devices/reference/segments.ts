/** Segments of a ragged batch: checks of their offsets, and the states that they start from. */
import { JambalayaError } from '../../errors/index.js';
import type { Values } from './operands.js';
import { checkIndices } from './ops/indices.js';

function refuse(op: string, reason: string): never {
  throw new JambalayaError('device', { device: 'reference', reason: `${op}: ${reason}` });
}

/** Offsets of `segments` segments (or experts) must rise from 0 to `rows`. */
export function checkOffsets(op: string, offsets: Values, segments: number, rows: number): void {
  if (offsets[0] !== 0 || offsets[segments] !== rows) refuse(op, 'offsets do not run from 0 to the number of rows');
  for (let s = 0; s < segments; s++) if (offsets[s]! > offsets[s + 1]!) refuse(op, 'offsets do not rise');
}

interface StateArguments {
  readonly initial?: Values | undefined;
  readonly state?: Values | undefined;
  readonly slots?: Values | undefined;
  readonly segments: number;
  readonly stateSlots: number;
}

/** Each segment's state of `size` values before its first row: from `initial`, from its slot of the pool, or zeros. */
export function statesBefore(op: string, args: StateArguments, size: number): Float64Array[] {
  const { initial, state, slots, segments, stateSlots } = args;
  if (state !== undefined) {
    if (slots === undefined) refuse(op, 'a pool of states needs slots');
    if (initial !== undefined) refuse(op, 'states come from initial or from a pool, not from both');
    checkIndices(op, slots, segments, stateSlots);
    if (new Set(slots.subarray(0, segments)).size !== segments) refuse(op, 'two segments have one slot');
  }
  return Array.from({ length: segments }, (_, s) => {
    if (state !== undefined) return Float64Array.from(state.subarray(slots![s]! * size, (slots![s]! + 1) * size));
    return initial === undefined
      ? new Float64Array(size)
      : Float64Array.from(initial.subarray(s * size, (s + 1) * size));
  });
}
