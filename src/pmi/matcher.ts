/** Finds the entries of a list in a sequence of words: a trie in one hash table, walked from every word. */
import { JambalayaError } from '../errors/index.js';

/** Words `start` … `end` − 1 are an entry. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

export class Matcher {
  /** Ids of the words that entries have, from 1; other words are 0. */
  private readonly ids = new Map<string, number>();
  /** Triples (node, word, child), open addressing; a child of 0 is an empty slot. */
  private slots = new Uint32Array(3 * 1024);
  private edges = 0;
  private nodes = 1;
  private ends = new Uint8Array(1024);
  readonly size: number;
  /** Words of the longest entry. */
  readonly longest: number;

  /** @throws `format` for an entry of fewer than two words, or one that is there twice */
  constructor(entries: Iterable<readonly string[]>, file = 'the list') {
    let size = 0;
    let longest = 0;
    for (const words of entries) {
      size++;
      const fail = (expected: string) =>
        new JambalayaError('format', { file, line: size, expected, found: `"${words.join(' ')}"` });
      if (words.length < 2) throw fail('n-grams of at least two words');
      if (!this.add(words)) throw fail('each n-gram once');
      longest = Math.max(longest, words.length);
    }
    this.size = size;
    this.longest = longest;
  }

  /** The ids of words, to be matched. */
  idsOf(words: ArrayLike<string>): Uint32Array {
    const ids = new Uint32Array(words.length);
    for (let i = 0; i < words.length; i++) ids[i] = this.ids.get(words[i]!) ?? 0;
    return ids;
  }

  /**
   * At each word, where the longest entry that begins there ends, or 0 for none. `limits` says of each word where the words end
   * that an n-gram from it on may reach; all of them unless told.
   */
  longestFrom(ids: Uint32Array, limits?: ArrayLike<number>): Uint32Array {
    const found = new Uint32Array(ids.length);
    for (let start = 0; start < ids.length; start++) {
      const limit = limits === undefined ? ids.length : limits[start]!;
      let node = 1;
      for (let at = start; at < limit && ids[at] !== 0; at++) {
        node = this.child(node, ids[at]!);
        if (node === 0) break;
        if (this.ends[node] === 1) found[start] = at + 1;
      }
    }
    return found;
  }

  private add(words: readonly string[]): boolean {
    let node = 1;
    for (const word of words) {
      let id = this.ids.get(word);
      if (id === undefined) {
        id = this.ids.size + 1;
        this.ids.set(word, id);
      }
      node = this.child(node, id) || this.addChild(node, id);
    }
    const isNew = this.ends[node] === 0;
    this.ends[node] = 1;
    return isNew;
  }

  private child(node: number, word: number): number {
    const { slots } = this;
    const mask = slots.length / 3 - 1;
    for (let slot = hash(node, word) & mask; ; slot = (slot + 1) & mask) {
      const child = slots[3 * slot + 2]!;
      if (child === 0 || (slots[3 * slot] === node && slots[3 * slot + 1] === word)) return child;
    }
  }

  private addChild(node: number, word: number): number {
    if (2 * (this.edges + 1) > this.slots.length / 3) {
      const old = this.slots;
      this.slots = new Uint32Array(2 * old.length);
      for (let i = 0; i < old.length; i += 3) if (old[i + 2] !== 0) this.put(old[i]!, old[i + 1]!, old[i + 2]!);
    }
    const child = ++this.nodes;
    if (child >= this.ends.length) {
      const ends = new Uint8Array(2 * this.ends.length);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.edges++;
    this.put(node, word, child);
    return child;
  }

  private put(node: number, word: number, child: number): void {
    const mask = this.slots.length / 3 - 1;
    let slot = hash(node, word) & mask;
    while (this.slots[3 * slot + 2] !== 0) slot = (slot + 1) & mask;
    this.slots.set([node, word, child], 3 * slot);
  }
}

function hash(node: number, word: number): number {
  const mixed = Math.imul(node ^ Math.imul(word, 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
