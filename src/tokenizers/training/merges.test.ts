import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteCharacters, bytesInOrder } from './byte-alphabet.js';
import { type LearnedMerges, MergeLearner } from './merges.js';

const firstId = 2;

function learn(words: ReadonlyMap<string, number>, merges: number, reserved: readonly string[] = []): LearnedMerges {
  const learner = new MergeLearner(words, {
    firstId,
    vocabularySize: firstId + 256 + merges,
    reserved: new Set(reserved),
  });
  while (learner.step());
  return learner.learned;
}

/** From the definition, with every pair counted anew for every merge. */
function learnSlowly(words: ReadonlyMap<string, number>, most: number): [string, string][] {
  const order = bytesInOrder.map((byte) => byteCharacters[byte]!);
  const split = [...words].map(([word, count]) => ({
    count,
    tokens: Array.from(new TextEncoder().encode(word), (byte) => byteCharacters[byte]!),
  }));
  const merges: [string, string][] = [];
  while (order.length < 256 + most) {
    const counts = new Map<string, number>();
    for (const { tokens, count } of split) {
      for (let i = 1; i < tokens.length; i++) {
        const pair = `${order.indexOf(tokens[i - 1]!)} ${order.indexOf(tokens[i]!)}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    }
    const [best] = [...counts]
      .filter(([, count]) => count >= 2)
      .map(([pair, count]) => ({ count, ids: pair.split(' ').map(Number) as [number, number] }))
      .sort((a, b) => b.count - a.count || a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    if (best === undefined) break;
    const [left, right] = best.ids.map((id) => order[id]!) as [string, string];
    merges.push([left, right]);
    if (!order.includes(left + right)) order.push(left + right);
    for (const word of split) {
      const next: string[] = [];
      for (let i = 0; i < word.tokens.length; i++) {
        const isPair = word.tokens[i] === left && word.tokens[i + 1] === right;
        next.push(isPair ? left + right : word.tokens[i]!);
        if (isPair) i++;
      }
      word.tokens = next;
    }
  }
  return merges;
}

describe('MergeLearner', () => {
  it('takes the most frequent pair, then the smaller ids', () => {
    const { merges, tokens } = learn(
      new Map([
        ['ba', 3],
        ['ab', 3],
        ['cd', 5],
        ['once', 1],
      ]),
      10,
    );
    expect(merges).toEqual([
      ['c', 'd'],
      ['a', 'b'],
      ['b', 'a'],
    ]);
    expect(tokens.slice(256)).toEqual(['cd', 'ab', 'ba']);
  });

  it('counts overlapping places, and merges from the left', () => {
    // "aa" twice in "aaa"; then "aa a" once more often than anything else.
    expect(
      learn(
        new Map([
          ['aaa', 2],
          ['bc', 3],
        ]),
        2,
      ).merges,
    ).toEqual([
      ['a', 'a'],
      ['b', 'c'],
    ]);
  });

  it('gives one id to a text that two pairs make', () => {
    const words = new Map([
      ['abc', 10],
      ['ab', 20],
      ['xbc', 1],
      ['bc', 15],
      ['abcabc', 4],
    ]);
    const { merges, tokens } = learn(words, 50);
    expect(merges).toEqual(learnSlowly(words, 50));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('makes no reserved text', () => {
    const words = new Map([['<p>', 10]]);
    expect(learn(words, 9).tokens.at(-1)).toBe('<p>');
    expect(learn(words, 9, ['<p>']).tokens.slice(256)).toEqual(['<p']);
  });

  it('learns what the definition says, in whatever order the words come', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aab c\u00e9'), minLength: 1, maxLength: 9 });
    const words = fc.uniqueArray(fc.tuple(word, fc.integer({ min: 1, max: 6 })), {
      selector: ([text]) => text,
      maxLength: 12,
    });
    fc.assert(
      fc.property(words, (entries) => {
        const expected = learnSlowly(new Map(entries), 30);
        expect(learn(new Map(entries), 30).merges).toEqual(expected);
        expect(learn(new Map(entries.toReversed()), 30).merges).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
