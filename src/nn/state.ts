/**
 * What a sequence leaves behind at each layer: convolution and scan state at a Mamba layer, keys and values at an
 * attention layer. Sequences live in a pool, so that a step over any set of them reads and writes fixed buffers.
 *
 * Layouts (shape letters of `contract/ops.ts`): conv (slots, K, Di), the last K inputs, oldest first; ssm (slots, N, Di),
 * channels contiguous; keys and values (pages, pageTokens, Hkv · Dh). Pages are counted: a clone shares them and copies on write.
 */
import { attentionKeyBlock, type Device, type HostArray } from '../contract/index.js';
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

/** Whether states of a pool with layouts `a` are those of a model with layouts `b`. */
export function sameLayouts(a: readonly LayerStateLayout[], b: readonly LayerStateLayout[]): boolean {
  const sizes = (layout: LayerStateLayout) =>
    layout.kind === 'mamba' ? [layout.inner, layout.stateSize, layout.width] : [layout.kvHeads, layout.headSize];
  return (
    a.length === b.length &&
    a.every((layout, i) => layout.kind === b[i]!.kind && sizes(layout).every((size, j) => size === sizes(b[i]!)[j]))
  );
}

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
  private disposed = false;

  constructor(
    readonly device: Device,
    readonly layouts: readonly LayerStateLayout[],
    { pageTokens = 64, kvDType = 'f32' }: StatePoolOptions = {},
  ) {
    if (!kvDTypes.includes(kvDType)) {
      throw new JambalayaError('usage', { argument: 'kv', expected: kvDTypes.join(' | '), found: String(kvDType) });
    }
    if (!(Number.isSafeInteger(pageTokens) && pageTokens > 0 && pageTokens % attentionKeyBlock === 0)) {
      const expected = `a multiple of ${attentionKeyBlock} from ${attentionKeyBlock}`;
      throw new JambalayaError('usage', { argument: 'pageTokens', expected, found: String(pageTokens) });
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
    this.expectLive();
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
   * Makes room for `lengths` more positions of the states, in pages that are theirs alone, and gives their page table, row by
   * row; its width is a power of two, so that it seldom changes while sequences grow.
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
      this.own(state, Math.floor(state.length / this.pageTokens));
      while (state.pages.length < needed[i]!) state.pages.push(this.takePage());
    });
    const maxPages = 2 ** Math.ceil(Math.log2(Math.max(1, ...needed)));
    const pages = new Int32Array(states.length * maxPages);
    // A pass that was refused may have left a state with more pages than this one needs.
    for (const [i, state] of states.entries()) pages.set(state.pages.slice(0, needed[i]), i * maxPages);
    return { pages, maxPages };
  }

  /** Makes a state's pages from `first` on its alone, so that no clone sees what is written to them. */
  own(state: State, first = 0): void {
    for (let i = first; i < state.pages.length; i++) {
      const shared = state.pages[i]!;
      if (this.pageUsers[shared]! === 1) continue;
      const own = this.takePage();
      this.copyRows('attention', shared, own);
      this.releasePage(shared);
      state.pages[i] = own;
    }
  }

  /** Used by `State`. */
  cloneSlot(slot: number): number {
    const own = this.takeSlot();
    this.copyRows('mamba', slot, own);
    return own;
  }

  /** The pages that hold something of a state, with one user more. */
  sharePages({ pages, length }: Pick<State, 'pages' | 'length'>): number[] {
    const shared = pages.slice(0, this.pagesFor(length));
    for (const page of shared) this.pageUsers[page]!++;
    return shared;
  }

  releaseSlot(slot: number): void {
    this.freeSlots.push(slot);
  }

  releasePage(page: number): void {
    if (--this.pageUsers[page]! === 0) this.freePages.push(page);
  }

  /** @throws `state` if it was disposed of */
  expectLive(): void {
    if (this.disposed) throw new JambalayaError('state', { reason: 'its pool was disposed of' });
  }

  dispose(): void {
    this.disposed = true;
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
  /** In the middle of a pass, or left there by one that failed. */
  private passing = false;

  constructor(
    readonly pool: StatePool,
    readonly slot: number,
  ) {}

  /** Tokens that it has seen. */
  get length(): number {
    return this.positions;
  }

  /** A pass over it begins, which writes to its layers one after the other. */
  begin(): void {
    this.expectLive();
    this.passing = true;
  }

  /** It has seen `rows` tokens more. */
  advance(rows: number): void {
    this.positions += rows;
    this.passing = false;
  }

  /** A copy that continues on its own; pages of keys are shared until one side writes. */
  clone(): State {
    this.expectLive();
    const copied = new State(this.pool, this.pool.cloneSlot(this.slot));
    copied.pages.push(...this.pool.sharePages(this));
    copied.positions = this.positions;
    return copied;
  }

  /**
   * A copy that has seen the first `length` tokens alone.
   *
   * @throws `state` for more than there are, and where a recurrent layer cannot be taken back
   */
  truncated(length: number): State {
    this.expectLive();
    const recurrent = this.pool.layouts.some(({ kind }) => kind === 'mamba');
    if (length > this.positions || (recurrent && length < this.positions)) {
      throw new JambalayaError('state', {
        reason: `one of ${this.positions} tokens cannot be taken back to ${length}`,
      });
    }
    const copied = new State(this.pool, this.pool.cloneSlot(this.slot));
    copied.pages.push(...this.pool.sharePages({ pages: this.pages, length }));
    copied.positions = length;
    return copied;
  }

  /**
   * What layer `index` keeps of this sequence, as copies that the caller disposes of: [conv (K, Di), ssm (N, Di)] at a Mamba
   * layer; at an attention layer [keys, values] of each page in turn, (positions, Hkv, Dh).
   */
  parts(index: number): (readonly [Tensor, Tensor])[] {
    const copied = (view: Tensor) => {
      const into = Tensor.empty(view.device, view.shape, view.dtype);
      copy(into, view);
      return into;
    };
    return unscoped(() => scope(() => this.views(index).map(([a, b]) => [copied(a), copied(b)] as const)));
  }

  /** Overwrites what layer `index` keeps, given as `parts` gives it; no other sequence sees it. */
  write(index: number, parts: readonly (readonly [HostArray, HostArray])[]): void {
    this.expectLive();
    if (this.pool.layouts[index]?.kind === 'attention') this.pool.own(this);
    scope(() => {
      const views = this.views(index);
      if (views.length !== parts.length) {
        const [expected, found] = [`${views.length} pairs`, `${parts.length}`];
        throw new JambalayaError('usage', { argument: 'parts', expected, found });
      }
      views.forEach((pair, i) => {
        for (const [j, view] of pair.entries()) view.write(parts[i]![j]!);
      });
    });
  }

  /** @throws `state` if it was disposed of, so that its slot may be another sequence's, or if a pass over it failed */
  expectLive(): void {
    if (this.disposed) throw new JambalayaError('state', { reason: 'it was disposed of' });
    this.pool.expectLive();
    if (!this.passing) return;
    const hint = 'clone a state before a pass that may fail';
    throw new JambalayaError('state', { reason: 'a pass over it did not come to its end' }, { hint });
  }

  /** The places of layer `index` in the pool, within the caller's scope. */
  private views(index: number): (readonly [Tensor, Tensor])[] {
    this.expectLive();
    const layer = this.pool.layer(index);
    if (layer.kind === 'mamba') return [[layer.conv.at(this.slot), layer.ssm.at(this.slot)]];
    const { pageTokens } = this.pool;
    const filled = (page: number) => Math.min(pageTokens, this.positions - page * pageTokens);
    return this.pages
      .filter((_, i) => filled(i) > 0)
      .map((page, i) => [layer.keys.at(page).range(0, filled(i)), layer.values.at(page).range(0, filled(i))]);
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
