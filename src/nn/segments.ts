/** A ragged batch: flat rows, cut into segments that do not see each other. */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { Tensor } from '../tensor/index.js';
import type { ProjectionAdapter } from './adapted.js';
import type { State, StatePool } from './state.js';

/**
 * Offsets of S segments over T rows and, when sequences are continued, where their states are. Made anew for each forward
 * pass, within its scope.
 */
export class Segments implements Disposable {
  /** (S + 1) i32 */
  readonly offsets: Tensor;
  readonly lengths: readonly number[];
  readonly rows: number;
  /** One state per segment, of one pool, or none. */
  states: readonly State[] | undefined;
  /** (S) i32: the position of a segment's first row in its sequence. */
  readonly starts: Tensor | undefined;
  /** (S) i32: the row of each sequence in the pool. */
  readonly slots: Tensor | undefined;
  /** (S, maxPages) i32 */
  readonly pageTable: Tensor | undefined;
  /** One for each segment, or none. */
  readonly adapters: readonly (ProjectionAdapter | undefined)[] | undefined;

  /** Segments of the given lengths; with `states`, room for them is made in their pool. */
  constructor(
    device: Device,
    lengths: readonly number[],
    states?: readonly State[],
    adapters?: readonly (ProjectionAdapter | undefined)[],
  ) {
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
    if (adapters !== undefined && adapters.length !== lengths.length) {
      const found = `${adapters.length} for ${lengths.length} segments`;
      throw new JambalayaError('usage', { argument: 'adapters', expected: 'one per segment', found });
    }
    this.adapters = adapters?.some((adapter) => adapter !== undefined) ? adapters : undefined;
    if (states === undefined) return;
    if (states.length !== lengths.length || new Set(states).size !== states.length) {
      const found = `${new Set(states).size} states for ${lengths.length} segments`;
      throw new JambalayaError('usage', { argument: 'states', expected: 'one state of its own per segment', found });
    }
    if (states.length === 0) return;
    const pool: StatePool = states[0]!.pool;
    const { pages, maxPages } = pool.reserve(states, lengths);
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
    this.pageTable = Tensor.from(device, [states.length, maxPages], pages);
  }

  /**
   * Points the same lengths at other states, or at the same ones further on, in the tensors that are there. False if their
   * pages do not fit into the page table: then make new segments.
   */
  continueWith(states: readonly State[]): boolean {
    const [first] = states;
    if (first === undefined || states.length !== this.lengths.length) return false;
    const table = first.pool.reserve(states, this.lengths);
    const columns = this.pageTable!.shape[1]!;
    if (table.maxPages > columns) return false;
    const pages = new Int32Array(states.length * columns);
    for (let i = 0; i < states.length; i++) {
      pages.set(table.pages.subarray(i * table.maxPages, (i + 1) * table.maxPages), i * columns);
    }
    this.states = states;
    this.starts!.write(Int32Array.from(states, (state) => state.length));
    this.slots!.write(Int32Array.from(states, (state) => state.slot));
    this.pageTable!.write(pages);
    return true;
  }

  dispose(): void {
    for (const tensor of [this.offsets, this.starts, this.slots, this.pageTable]) tensor?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
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
