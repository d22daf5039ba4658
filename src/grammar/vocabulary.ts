/** The tokens of a model as a tree over their bytes, in the order in which a walk visits it. */

/** Which tokens a state of a rule allows, and the nodes of the tree at which the rule may be done. */
export interface LocalMask {
  /** A bit for each token. */
  readonly bits: Uint32Array;
  readonly exits: Int32Array;
}

export class Vocabulary {
  /** Node i is reached by `byte[i]` from its parent; its subtree ends before node `subtreeEnd[i]`. Node 0 is the root. */
  readonly byte: Uint8Array;
  readonly depth: Uint16Array;
  readonly subtreeEnd: Int32Array;
  /** Tokens that end at node i are `tokens[tokensFrom[i]]` up to, and without, `tokens[tokensFrom[i + 1]]`. */
  readonly tokensFrom: Int32Array;
  readonly tokens: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;
  /** 32-bit words of a mask. */
  readonly words: number;
  /** Masks of automata that every grammar shares, by name and state. */
  readonly masks = new Map<string, LocalMask>();

  /** @param bytes of each token; undefined or empty for one that is never part of a text, such as a special token */
  constructor(readonly bytes: readonly (Uint8Array | undefined)[]) {
    this.words = (bytes.length + 31) >> 5;
    const ids = [...bytes.keys()].filter((id) => (bytes[id]?.length ?? 0) > 0);
    ids.sort((a, b) => compareBytes(bytes[a]!, bytes[b]!));
    const byte = [0];
    const depth = [0];
    const tokensAt: number[][] = [[]];
    let path: number[] = [0];
    let before = new Uint8Array(0);
    for (const id of ids) {
      const token = bytes[id]!;
      let common = 0;
      while (common < before.length && common < token.length && before[common] === token[common]) common++;
      path = path.slice(0, common + 1);
      for (let i = common; i < token.length; i++) {
        path.push(byte.length);
        byte.push(token[i]!);
        depth.push(i + 1);
        tokensAt.push([]);
      }
      tokensAt[path.at(-1)!]!.push(id);
      before = new Uint8Array(token);
    }
    this.byte = Uint8Array.from(byte);
    this.depth = Uint16Array.from(depth);
    this.longest = depth.reduce((most, d) => Math.max(most, d), 0);
    this.subtreeEnd = new Int32Array(byte.length).fill(byte.length);
    const open: number[] = [];
    depth.forEach((d, node) => {
      while (open.length > d) this.subtreeEnd[open.pop()!] = node;
      open.push(node);
    });
    this.tokensFrom = new Int32Array(byte.length + 1);
    tokensAt.forEach((list, node) => {
      this.tokensFrom[node + 1] = this.tokensFrom[node]! + list.length;
    });
    this.tokens = Int32Array.from(tokensAt.flat());
  }

  /** The node that bytes lead to. */
  find(bytes: Uint8Array): number | undefined {
    let node = 0;
    for (const byte of bytes) {
      const end = this.subtreeEnd[node]!;
      node++;
      while (node < end && this.byte[node] !== byte) node = this.subtreeEnd[node]!;
      if (node >= end) return undefined;
    }
    return node;
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
