import { describe, expect, it } from 'vitest';
import { PrefixTree } from './prefixTree.js';

describe('PrefixTree', () => {
  const filled = () => {
    const tree = new PrefixTree<string>();
    for (const word of ['abc', 'abcdef', 'abxy', 'q']) tree.node(idsOf(word)).value = word;
    return tree;
  };
  const idsOf = (word: string) => [...word].map((letter) => letter.charCodeAt(0));

  it('matches the longest beginning that is known', () => {
    const tree = filled();
    const matches = ['abcd', 'abcdef', 'abcdefg', 'ab', 'abz', 'z', ''].map((word) => {
      const { matched, path, below } = tree.match(idsOf(word));
      return [word, matched, path.findLast(({ value }) => value !== undefined)?.value, below.length];
    });
    expect(matches).toEqual([
      ['abcd', 4, 'abc', 6],
      ['abcdef', 6, 'abcdef', 6],
      ['abcdefg', 6, 'abcdef', 6],
      ['ab', 2, undefined, 2],
      ['abz', 2, undefined, 2],
      ['z', 0, undefined, 0],
      ['', 0, undefined, 0],
    ]);
  });

  it('forgets what led to nothing else', () => {
    const tree = filled();
    tree.remove(tree.node(idsOf('abcdef')));
    expect(tree.match(idsOf('abcdef')).matched).toBe(3);
    tree.remove(tree.node(idsOf('abc')));
    expect(tree.match(idsOf('abc')).matched).toBe(2);
    tree.remove(tree.node(idsOf('abxy')));
    tree.remove(tree.node(idsOf('q')));
    expect(tree.root.children.size).toBe(0);
  });
});
