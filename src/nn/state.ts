/**
 * What a sequence leaves behind at each layer: convolution and scan state at a Mamba layer, keys and values at an
 * attention layer. Sequences live in a pool, so that a step over any set of them reads and writes fixed buffers.
 *
 * Layouts (shape letters of `contract/ops.ts`): conv (slots, K, Di), the last K inputs, oldest first; ssm (slots, N, Di),
 * channels contiguous; keys and values (pages, pageTokens, Hkv · Dh). Pages are counted: a clone shares them and copies on write.
 */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { copy, scope, Tensor, unscoped } from '../tensor/index.js';

/** What one layer keeps, from the model's configuration. */
export type LayerStateLayout =
  | { readonly kind: 'mamba'; readonly inner: number; readonly stateSize: number; readonly width: number }
  | { readonly kind: 'attention'; readonly kvHeads: number; readonly headSize: number };

/** A Mamba layer's states of all sequences of a pool. */
export interface SsmState {
  readonly kind: 'mamba';
  readonly conv: Tensor;
  readonly ssm: Tensor;
}

/** An attention layer's pages of all sequences of a pool. */
export interface KvCache {
  readonly kind: 'attention';
  readonly keys: Tensor;
  readonly values: Tensor;
}

export type LayerState = SsmState | KvCache;

/** What keys and values may be kept as. Attention to keys of bf16 multiplies in bf16. */
const kvDTypes = ['f32', 'bf16', 'f16'] as const;
export type KvDType = (typeof kvDTypes)[number];

export interface StatePoolOptions {
  /** Positions of a page: a multiple of the attention kernels' key block of 64. */
  readonly pageTokens?: number;
  /** f32 unless told. */
  readonly kvDType?: KvDType | undefined;
}

export class StatePool implements Disposable {
  readonly pageTokens: number;
  readonly kvDType: KvDType;
  private buffers: LayerState[];
  private growthCount = 0;
  private slotCapacity = 1;
  private pageCapacity = 4;
  private readonly freeSlots: number[] = [];
  private slotsMade = 0;
  private readonly freePages: number[] = [];
  private pagesMade = 0;
  private readonly pageUsers: number[] = [];

  constructor(
    readonly device: Device,
    readonly layouts: readonly LayerStateLayout[],
    { pageTokens = 64, kvDType = 'f32' }: StatePoolOptions = {},
  ) {
    if (!kvDTypes.includes(kvDType)) {
      throw new JambalayaError('usage', { argument: 'kv', expected: kvDTypes.join(' | '), found: String(kvDType) });
    }
    this.pageTokens = pageTokens;
    this.kvDType = kvDType;
    this.buffers = unscoped(() => layouts.map((layout) => this.allocate(layout)));
  }

  /** The buffers of layer `index`. They are replaced when the pool grows: ask for each pass. */
  layer(index: number): LayerState {
    return this.buffers[index]!;
  }

  /** Device bytes of the pool as it is. */
  get bytes(): number {
    let total = 0;
    for (const layer of this.buffers) for (const tensor of tensorsOf(layer)) total += tensor.bytes;
    return total;
  }

  /** Device bytes that `tokens` more positions of a state add to what the pool's sequences have used so far. */
  bytesFor({ length, pages }: State, tokens: number): number {
    const missing = this.pagesFor(length + tokens) - pages.length - this.freePages.length;
    const pageBytes = this.buffers.flatMap((layer) => (layer.kind === 'attention' ? tensorsOf(layer) : []));
    return Math.max(0, missing) * pageBytes.reduce((total, { bytes, shape }) => total + bytes / shape[0]!, 0);
  }

  /** A new, empty sequence: all-zero states, no keys. */
  create(): State {
    const slot = this.takeSlot();
    for (const layer of this.buffers) {
      if (layer.kind !== 'mamba') continue;
      for (const tensor of tensorsOf(layer)) {
        using row = unscoped(() => tensor.range(slot, slot + 1));
        row.write(new Float32Array(row.size));
      }
    }
    return new State(this, slot);
  }

  /** Counts how often the pool's buffers were replaced by larger ones. */
  get growths(): number {
    return this.growthCount;
  }

  /**
   * Makes room for `lengths` more positions of the states and gives their page table, row by row; its width is a power of
   * two, so that it seldom changes while sequences grow.
   */
  reserve(states: readonly State[], lengths: readonly number[]): { pages: Int32Array; maxPages: number } {
    const needed = states.map((state, i) => {
      if (state.pool !== this) {
        throw new JambalayaError('usage', {
          argument: 'states',
          expected: 'states of one pool',
          found: 'several pools',
        });
      }
      state.expectLive();
      return this.pagesFor(state.length + lengths[i]!);
    });
    states.forEach((state, i) => {
      if (lengths[i] === 0) return;
      const last = Math.floor(state.length / this.pageTokens);
      // The page that is written next must be this sequence's alone.
      if (last < state.pages.length && this.pageUsers[state.pages[last]!]! > 1) {
        const own = this.takePage();
        this.copyRows('attention', state.pages[last]!, own);
        this.releasePage(state.pages[last]!);
        state.pages[last] = own;
      }
      while (state.pages.length < needed[i]!) state.pages.push(this.takePage());
    });
    const maxPages = 2 ** Math.ceil(Math.log2(Math.max(1, ...needed)));
    const pages = new Int32Array(states.length * maxPages);
    for (const [i, state] of states.entries()) pages.set(state.pages, i * maxPages);
    return { pages, maxPages };
  }

  /** Used by `State`. */
  cloneSlot(slot: number): number {
    const own = this.takeSlot();
    this.copyRows('mamba', slot, own);
    return own;
  }

  sharePages(pages: readonly number[]): number[] {
    for (const page of pages) this.pageUsers[page]!++;
    return [...pages];
  }

  releaseSlot(slot: number): void {
    this.freeSlots.push(slot);
  }

  releasePage(page: number): void {
    if (--this.pageUsers[page]! === 0) this.freePages.push(page);
  }

  dispose(): void {
    for (const layer of this.buffers) for (const tensor of tensorsOf(layer)) tensor.dispose();
    this.buffers = [];
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private pagesFor(length: number): number {
    const attends = this.layouts.some(({ kind }) => kind === 'attention');
    return attends ? Math.ceil(length / this.pageTokens) : 0;
  }

  private takeSlot(): number {
    const free = this.freeSlots.pop();
    if (free !== undefined) return free;
    if (this.slotsMade === this.slotCapacity) this.grow('mamba');
    return this.slotsMade++;
  }

  private takePage(): number {
    let page = this.freePages.pop();
    if (page === undefined) {
      if (this.pagesMade === this.pageCapacity) this.grow('attention');
      page = this.pagesMade++;
    }
    this.pageUsers[page] = 1;
    return page;
  }

  /** Doubles the room of one kind of layer and moves what is there. */
  private grow(kind: LayerState['kind']): void {
    this.growthCount++;
    if (kind === 'mamba') this.slotCapacity *= 2;
    else this.pageCapacity *= 2;
    this.buffers = unscoped(() =>
      this.buffers.map((old, i) => {
        if (old.kind !== kind) return old;
        const larger = this.allocate(this.layouts[i]!);
        tensorsOf(old).forEach((tensor, j) => {
          using room = tensorsOf(larger)[j]!.range(0, tensor.shape[0]!);
          copy(room, tensor);
          tensor.dispose();
        });
        return larger;
      }),
    );
  }

  private allocate(layout: LayerStateLayout): LayerState {
    const { device } = this;
    if (layout.kind === 'mamba') {
      const { inner, stateSize, width } = layout;
      return {
        kind: 'mamba',
        conv: Tensor.empty(device, [this.slotCapacity, width, inner]),
        ssm: Tensor.empty(device, [this.slotCapacity, stateSize, inner]),
      };
    }
    const shape = [this.pageCapacity, this.pageTokens, layout.kvHeads, layout.headSize];
    return {
      kind: 'attention',
      keys: Tensor.empty(device, shape, this.kvDType),
      values: Tensor.empty(device, shape, this.kvDType),
    };
  }

  /** Copies one slot or page to another in every layer of a kind. */
  private copyRows(kind: LayerState['kind'], from: number, to: number): void {
    for (const layer of this.buffers) {
      if (layer.kind !== kind) continue;
      for (const tensor of tensorsOf(layer)) {
        using source = unscoped(() => tensor.range(from, from + 1));
        using target = unscoped(() => tensor.range(to, to + 1));
        copy(target, source);
      }
    }
  }
}

const tensorsOf = (layer: LayerState): readonly [Tensor, Tensor] =>
  layer.kind === 'mamba' ? [layer.conv, layer.ssm] : [layer.keys, layer.values];

/** One sequence's state in a pool. Dispose of it to give its memory back to the pool. */
export class State implements Disposable {
  readonly pages: number[] = [];
  private positions = 0;
  private disposed = false;

  constructor(
    readonly pool: StatePool,
    readonly slot: number,
  ) {}

  /** Tokens that it has seen. */
  get length(): number {
    return this.positions;
  }

  advance(rows: number): void {
    this.positions += rows;
  }

  /** A copy that continues on its own; pages of keys are shared until one side writes. */
  clone(): State {
    this.expectLive();
    const copied = new State(this.pool, this.pool.cloneSlot(this.slot));
    copied.pages.push(...this.pool.sharePages(this.pages));
    copied.positions = this.positions;
    return copied;
  }

  /**
   * What layer `index` keeps of this sequence, as views to read or write: [conv (K, Di), ssm (N, Di)] at a Mamba layer; at
   * an attention layer [keys, values] of each page in turn, (positions, Hkv, Dh). The caller disposes of them.
   */
  parts(index: number): (readonly [Tensor, Tensor])[] {
    this.expectLive();
    const layer = this.pool.layer(index);
    const { pageTokens } = this.pool;
    const filled = (page: number) => Math.min(pageTokens, this.positions - page * pageTokens);
    const views = (): (readonly [Tensor, Tensor])[] =>
      layer.kind === 'mamba'
        ? [[layer.conv.at(this.slot), layer.ssm.at(this.slot)]]
        : this.pages.map((page, i) => [
            layer.keys.at(page).range(0, filled(i)),
            layer.values.at(page).range(0, filled(i)),
          ]);
    // The scope drops the views that lead to these.
    return unscoped(() => scope(views));
  }

  /** @throws `state` if it was disposed of, so that its slot may be another sequence's */
  expectLive(): void {
    if (this.disposed) throw new JambalayaError('state', { reason: 'it was disposed of' });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.pool.releaseSlot(this.slot);
    for (const page of this.pages) this.pool.releasePage(page);
    this.pages.length = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
