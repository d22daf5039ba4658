/** A ragged batch: flat rows, cut into segments that do not see each other. */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { Tensor } from '../tensor/index.js';
import type { ProjectionAdapter } from './adapted.js';
import { type LayerStateLayout, type State, type StatePool, sameLayouts } from './state.js';

/**
 * Offsets of S segments over T rows and, when sequences are continued, where their states are. With states it is made anew for
 * each forward pass, within its scope.
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
  /** What the tensors say of the states. */
  private noted: { readonly lengths: readonly number[]; readonly pages: Int32Array } | undefined;
  private pass: 'ahead' | 'begun' | 'over' = 'ahead';
  /** Layers that the pass has gone through. */
  private through = 0;

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
    this.noted = { lengths: states.map((state) => state.length), pages };
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
    this.states = states;
    this.pass = 'ahead';
    this.noted = { lengths: states.map((state) => state.length), pages: widened(table, states.length, columns) };
    this.starts!.write(Int32Array.from(this.noted.lengths));
    this.slots!.write(Int32Array.from(states, (state) => state.slot));
    this.pageTable!.write(this.noted.pages);
    return true;
  }

  /**
   * Begins a pass of a model with these layouts over the states, and gives their pool; without states there is none. Until
   * `advance` a state is in the middle of a pass: should that fail, it is worth nothing and says so. A pass may be made in
   * several parts, each of the layers [from, to).
   *
   * @throws `usage` if the segments had their pass, or were made before their states went on; `state` for a state that was
   *   disposed of or belongs to another model
   */
  begin(
    layouts: readonly LayerStateLayout[],
    [from, to]: readonly [from: number, to: number] = [0, layouts.length],
  ): StatePool | undefined {
    const pool = this.states?.[0]?.pool;
    if (pool !== undefined && !sameLayouts(pool.layouts, layouts)) {
      throw new JambalayaError('state', { reason: 'it was made for another model' });
    }
    if (pool === undefined) return undefined;
    if (this.pass !== 'begun') this.through = 0;
    if (from !== this.through) {
      const [expected, found] = [`the layers from ${this.through} on`, `those from ${from} on`];
      throw new JambalayaError('usage', { argument: 'layers', expected, found });
    }
    if (this.pass !== 'begun' || from === 0) this.enter();
    this.through = to;
    return pool;
  }

  private enter(): void {
    const { states, noted } = this;
    const [first] = states ?? [];
    if (states === undefined || first === undefined || noted === undefined) return;
    const refuse = (found: string) => {
      const expected = 'segments that were made for this pass';
      throw new JambalayaError('usage', { argument: 'segments', expected, found });
    };
    if (this.pass !== 'ahead') refuse('those of an earlier one');
    for (const state of states) state.expectLive();
    if (states.some((state, i) => state.length !== noted.lengths[i])) refuse('those of a state that went on since');
    // A clone that was made since shares the page that is written next.
    const columns = this.pageTable!.shape[1]!;
    const pages = widened(first.pool.reserve(states, this.lengths), states.length, columns);
    if (pages.some((page, i) => page !== noted.pages[i])) this.pageTable!.write(pages);
    this.pass = 'begun';
    for (const state of states) state.begin();
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

  /** Ends the pass: tells the states that their rows have been computed. */
  advance(): void {
    if (this.pass !== 'begun') this.enter();
    this.pass = 'over';
    this.states?.forEach((state, i) => {
      state.advance(this.lengths[i]!);
    });
  }
}

/** A page table with `columns` columns. */
function widened(
  { pages, maxPages }: { readonly pages: Int32Array; readonly maxPages: number },
  rows: number,
  columns: number,
): Int32Array {
  if (maxPages === columns) return pages;
  const wide = new Int32Array(rows * columns);
  for (let i = 0; i < rows; i++) wide.set(pages.subarray(i * maxPages, (i + 1) * maxPages), i * columns);
  return wide;
}
