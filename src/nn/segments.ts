/** A ragged batch: flat rows, cut into segments that do not see each other. */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { Tensor } from '../tensor/index.js';
import type { State, StatePool } from './state.js';

/**
 * Offsets of S segments over T rows and, when sequences are continued, where their states are. Made anew for each forward
 * pass, within its scope.
 */
export class Segments {
  /** (S + 1) i32 */
  readonly offsets: Tensor;
  readonly lengths: readonly number[];
  readonly rows: number;
  /** One state per segment, of one pool, or none. */
  readonly states: readonly State[] | undefined;
  /** (S) i32: the position of a segment's first row in its sequence. */
  readonly starts: Tensor | undefined;
  /** (S) i32: the row of each sequence in the pool. */
  readonly slots: Tensor | undefined;
  /** (S, maxPages) i32 */
  readonly pageTable: Tensor | undefined;

  /** Segments of the given lengths; with `states`, room for them is made in their pool. */
  constructor(device: Device, lengths: readonly number[], states?: readonly State[]) {
    const offsets = [0];
    for (const length of lengths) {
      if (!Number.isInteger(length) || length < 0) {
        throw new JambalayaError('usage', {
          argument: 'lengths',
          expected: 'whole numbers from 0',
          found: String(length),
        });
      }
      offsets.push(offsets[offsets.length - 1]! + length);
    }
    this.lengths = lengths;
    this.rows = offsets[offsets.length - 1]!;
    this.offsets = Tensor.from(device, [offsets.length], Int32Array.from(offsets));
    this.states = states;
    if (states === undefined) return;
    if (states.length !== lengths.length || new Set(states).size !== states.length) {
      const found = `${new Set(states).size} states for ${lengths.length} segments`;
      throw new JambalayaError('usage', { argument: 'states', expected: 'one state of its own per segment', found });
    }
    if (states.length === 0) return;
    const pool: StatePool = states[0]!.pool;
    const table = pool.reserve(states, lengths);
    this.starts = Tensor.from(
      device,
      [states.length],
      Int32Array.from(states, (state) => state.length),
    );
    this.slots = Tensor.from(
      device,
      [states.length],
      Int32Array.from(states, (state) => state.slot),
    );
    this.pageTable = Tensor.from(device, [states.length, table.maxPages], table.pages);
  }

  /** Rows of the last position of every segment that has one. */
  get lastRows(): number[] {
    let end = 0;
    return this.lengths.flatMap((length) => {
      end += length;
      return length > 0 ? [end - 1] : [];
    });
  }

  /** Tells the states that their rows have been computed. */
  advance(): void {
    this.states?.forEach((state, i) => {
      state.advance(this.lengths[i]!);
    });
  }
}
