/**
 * States of prompts that were read, to begin from when another prompt begins alike. Convolution and scan states cannot be
 * taken back, so that they are kept at checkpoints: where a prompt or an answer ended, between messages, every so many tokens,
 * and where a prompt turned out to leave an earlier one. Where no layer is recurrent, a state serves at any of its tokens.
 * A state of the cache is the one that reading the prompt gives, bit for bit: a row depends on nothing but itself.
 */
import { JambalayaError } from '../errors/index.js';
import type { State, StatePool } from '../nn/index.js';
import { whole } from './options.js';
import { type PrefixNode, PrefixTree } from './prefixTree.js';

export interface PrefixCacheOptions {
  /** What its states may take in the pool. */
  readonly budgetBytes: number;
  /** Tokens from one checkpoint within a prompt to the next; 256 unless told. */
  readonly checkpointEvery?: number | undefined;
}

/** A state to begin from. */
export interface CachedStart {
  /** The caller's own. */
  readonly state: State;
  /** Tokens of the prompt that it has read. */
  readonly read: number;
  /** Positions of the prompt whose states are wanted, in order: `keep` takes them. */
  readonly checkpoints: readonly number[];
}

export interface PrefixCacheReport {
  readonly checkpoints: number;
  readonly bytes: number;
  readonly budgetBytes: number;
  readonly hits: number;
  readonly restoredTokens: number;
  readonly evictions: number;
  /** Prompts that nothing was restored for, by the reason. */
  readonly misses: { readonly unknown: number; readonly noCheckpoint: number };
}

interface Checkpoint {
  readonly state: State;
  lastUsed: number;
}
type Node = PrefixNode<Checkpoint>;

export class PrefixCache implements Disposable {
  private readonly trees = new Map<string, PrefixTree<Checkpoint>>();
  private readonly nodes = new Map<Node, PrefixTree<Checkpoint>>();
  /** Checkpoints that hold each page. */
  private readonly pageUsers = new Map<number, number>();
  private readonly recurrentBytes: number;
  private readonly pageBytes: number;
  private readonly every: number;
  private clock = 0;
  private hits = 0;
  private restored = 0;
  private evictions = 0;
  private unknown = 0;
  private noCheckpoint = 0;

  constructor(
    private readonly pool: StatePool,
    private readonly options: PrefixCacheOptions,
  ) {
    whole('budgetBytes', options.budgetBytes, 0);
    this.every = whole('checkpointEvery', options.checkpointEvery ?? 256, 1);
    let [recurrent, page] = [0, 0];
    for (const layout of pool.layouts) {
      if (layout.kind === 'mamba') recurrent += 4 * layout.inner * (layout.width + layout.stateSize);
      else page += 2 * pool.pageTokens * layout.kvHeads * layout.headSize * (pool.kvDType === 'f32' ? 4 : 2);
    }
    this.recurrentBytes = recurrent;
    this.pageBytes = page;
  }

  get bytes(): number {
    return this.nodes.size * this.recurrentBytes + this.pageUsers.size * this.pageBytes;
  }

  get report(): PrefixCacheReport {
    const { hits, restored: restoredTokens, evictions, unknown, noCheckpoint, bytes } = this;
    const { budgetBytes } = this.options;
    const misses = { unknown, noCheckpoint };
    return { checkpoints: this.nodes.size, bytes, budgetBytes, hits, restoredTokens, evictions, misses };
  }

  /**
   * The furthest state that is known of a prompt. Its last token is never taken as read: what comes after it is wanted.
   *
   * @param salt prompts under another salt are other prompts
   * @param boundaries positions of the prompt that others may share, such as the ends of its messages
   */
  start(salt: string, ids: readonly number[], boundaries: readonly number[] = []): CachedStart {
    this.clock++;
    const last = Math.max(0, ids.length - 1);
    const match = this.trees.get(salt)?.match(ids);
    const matched = Math.min(match?.matched ?? 0, last);
    const found = match === undefined ? undefined : this.best(match.path, match.below, matched);
    if (found === undefined) {
      if (matched === 0) this.unknown++;
      else this.noCheckpoint++;
      return { state: this.pool.create(), read: 0, checkpoints: this.checkpoints(0, last, matched, boundaries) };
    }
    const { node, read } = found;
    const checkpoint = node.value!;
    checkpoint.lastUsed = this.clock;
    this.hits++;
    this.restored += read;
    const state = read === node.length ? checkpoint.state.clone() : checkpoint.state.truncated(read);
    return { state, read, checkpoints: this.checkpoints(read, last, matched, boundaries) };
  }

  /** Tokens of a prompt that `start` would find read. */
  known(salt: string, ids: readonly number[]): number {
    const match = this.trees.get(salt)?.match(ids);
    if (match === undefined) return 0;
    return this.best(match.path, match.below, Math.min(match.matched, Math.max(0, ids.length - 1)))?.read ?? 0;
  }

  /** Keeps a copy of a state that has read exactly `ids`, as far as the budget allows. */
  keep(salt: string, ids: readonly number[], state: State): void {
    if (state.length !== ids.length) {
      const [expected, found] = [`a state of ${ids.length} tokens`, `one of ${state.length}`];
      throw new JambalayaError('usage', { argument: 'state', expected, found });
    }
    if (ids.length === 0 || this.options.budgetBytes === 0) return;
    const tree = this.trees.get(salt) ?? new PrefixTree<Checkpoint>();
    this.trees.set(salt, tree);
    const node = tree.node(ids);
    if (node.value !== undefined) {
      node.value.lastUsed = this.clock;
      return;
    }
    node.value = { state: state.clone(), lastUsed: this.clock };
    this.nodes.set(node, tree);
    for (const page of node.value.state.pages) this.pageUsers.set(page, (this.pageUsers.get(page) ?? 0) + 1);
    this.shrink(this.options.budgetBytes);
  }

  /** Drops states until the rest fits: those first that save the least reading for their bytes, and the longest unused. */
  shrink(bytes: number): void {
    while (this.bytes > bytes) {
      let worst: Node | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const node of this.nodes.keys()) {
        const worth = this.worth(node);
        if (worth < least) [worst, least] = [node, worth];
      }
      if (worst === undefined) return;
      this.drop(worst);
      this.evictions++;
    }
  }

  dispose(): void {
    for (const node of [...this.nodes.keys()]) this.drop(node);
    this.trees.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private best(path: readonly Node[], below: Node, matched: number): { node: Node; read: number } | undefined {
    if (this.recurrentBytes === 0) {
      // Any sequence that begins with what is matched has its keys and values.
      const node =
        matched === 0 ? undefined : firstWithin(below, ({ value, length }) => value !== undefined && length >= matched);
      if (node !== undefined) return { node, read: matched };
    }
    const node = path.findLast(({ value, length }) => value !== undefined && length <= matched);
    return node === undefined ? undefined : { node, read: node.length };
  }

  private checkpoints(read: number, last: number, matched: number, boundaries: readonly number[]): number[] {
    const wanted = new Set([last]);
    if (this.recurrentBytes > 0) {
      for (const boundary of boundaries) wanted.add(boundary);
      for (let at = this.every; at < last; at += this.every) wanted.add(at);
      // Where this prompt leaves another one, a third may, too.
      wanted.add(matched);
    }
    return [...wanted].filter((at) => at > read && at <= last).sort((a, b) => a - b);
  }

  /** Tokens that it saves for each byte that goes with it, less the longer it was of no use. */
  private worth(node: Node): number {
    let ancestor = node.parent;
    while (ancestor !== undefined && ancestor.value === undefined) ancestor = ancestor.parent;
    const { state, lastUsed } = node.value!;
    const own = state.pages.filter((page) => this.pageUsers.get(page) === 1).length;
    const bytes = this.recurrentBytes + own * this.pageBytes;
    return (node.length - (ancestor?.length ?? 0)) / (bytes + 1) / (1 + this.clock - lastUsed);
  }

  private drop(node: Node): void {
    const { state } = node.value!;
    for (const page of state.pages) {
      const users = this.pageUsers.get(page)! - 1;
      if (users === 0) this.pageUsers.delete(page);
      else this.pageUsers.set(page, users);
    }
    state.dispose();
    this.nodes.get(node)!.remove(node);
    this.nodes.delete(node);
  }
}

/** A node of a subtree, itself included, that fits. */
function firstWithin(node: Node, fits: (node: Node) => boolean): Node | undefined {
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (fits(next)) return next;
    open.push(...next.children.values());
  }
  return undefined;
}
