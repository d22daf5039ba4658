/** Sequences of tokens that begin alike, as a tree whose edges are stretches of them. */

export class PrefixNode<T> {
  readonly children = new Map<number, PrefixNode<T>>();
  value: T | undefined;

  constructor(
    public parent: PrefixNode<T> | undefined,
    public edge: readonly number[],
    /** Tokens from the root to the end of the edge. */
    readonly length: number,
  ) {}
}

export interface PrefixMatch<T> {
  /** Tokens that some sequence of the tree begins with, too. */
  readonly matched: number;
  /** Nodes whose whole edge is matched, from the root down. */
  readonly path: readonly PrefixNode<T>[];
  /** The node at or below the place where the match ends: whatever is in it begins with all that is matched. */
  readonly below: PrefixNode<T>;
}

export class PrefixTree<T> {
  readonly root = new PrefixNode<T>(undefined, [], 0);

  match(ids: readonly number[]): PrefixMatch<T> {
    const path = [this.root];
    let at = 0;
    for (;;) {
      const node = path.at(-1)!;
      const child = at < ids.length ? node.children.get(ids[at]!) : undefined;
      if (child === undefined) return { matched: at, path, below: node };
      const { edge } = child;
      let same = 1;
      while (same < edge.length && ids[at + same] === edge[same]) same++;
      at += same;
      if (same < edge.length) return { matched: at, path, below: child };
      path.push(child);
    }
  }

  /** The node of exactly these ids, made if there is none. */
  node(ids: readonly number[]): PrefixNode<T> {
    const { matched, path, below } = this.match(ids);
    let node = path.at(-1)!;
    if (below !== node) node = this.split(below, matched);
    if (matched === ids.length) return node;
    const leaf = new PrefixNode<T>(node, ids.slice(matched), ids.length);
    node.children.set(ids[matched]!, leaf);
    return leaf;
  }

  /** Takes a value away, and the nodes that led to nothing else. */
  remove(node: PrefixNode<T>): void {
    node.value = undefined;
    let at: PrefixNode<T> | undefined = node;
    while (at?.parent !== undefined && at.value === undefined && at.children.size === 0) {
      const { parent, edge }: PrefixNode<T> = at;
      parent.children.delete(edge[0]!);
      at = parent;
    }
  }

  /** A node in the middle of an edge, `length` tokens from the root. */
  private split(node: PrefixNode<T>, length: number): PrefixNode<T> {
    const parent = node.parent!;
    const cut = length - (node.length - node.edge.length);
    const middle = new PrefixNode<T>(parent, node.edge.slice(0, cut), length);
    parent.children.set(node.edge[0]!, middle);
    node.edge = node.edge.slice(cut);
    node.parent = middle;
    middle.children.set(node.edge[0]!, node);
    return middle;
  }
}
