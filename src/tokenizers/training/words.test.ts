import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWords, longestWord, piecesOf } from './words.js';

const wordsOf = (...texts: string[]) => {
  const counts = new Map<string, number>();
  for (const text of texts) countWords(text, counts);
  return counts;
};
const unit = fc.constantFrom(...'ab1. \t\n\r\u0085\u00a0\u3000\ufeff\u2028\u0301é', '👩', '語', "'s", '\n\n', '\nx');

describe('countWords', () => {
  it('splits letters, digits, marks and spaces', () => {
    expect([...wordsOf("I'LL pay 12,5 €  now!\r\n\n  Don't").keys()]).toEqual([
      'I',
      "'LL",
      ' pay',
      ' ',
      '1',
      '2',
      ',',
      '5',
      ' €',
      ' now',
      '!\r\n\n',
      ' Don',
      "'t",
    ]);
  });

  it('leaves no character out', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        const length = [...wordsOf(text)].reduce((sum, [word, count]) => sum + word.length * count, 0);
        expect(length).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('counts a long word in parts, between characters', () => {
    expect(wordsOf('a'.repeat(2 * longestWord + 3))).toEqual(
      new Map([
        ['a'.repeat(longestWord), 2],
        ['aaa', 1],
      ]),
    );
    const parts = [...wordsOf(`!${'😀'.repeat(longestWord)}`).keys()];
    expect(parts.every((part) => !/\p{Surrogate}/u.test(part))).toBe(true);
  });
});

describe('piecesOf', () => {
  it('cuts at line ends, where no word is cut', () => {
    expect([...piecesOf('one\n two\nthree\nfour', 12)]).toEqual(['one\n two\n', 'three\nfour']);
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const pieces = [...piecesOf(text, 30)];
        expect(pieces.join('')).toBe(text);
        const cutAtLines = pieces.slice(0, -1).every((piece) => piece.endsWith('\n'));
        if (cutAtLines) expect(wordsOf(...pieces)).toEqual(wordsOf(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('cuts anywhere between characters if there is no line end', () => {
    expect([...piecesOf('abcdef', 4)]).toEqual(['abcd', 'ef']);
    expect([...piecesOf('abc😀f', 4)]).toEqual(['abc', '😀f']);
    expect([...piecesOf('', 4)]).toEqual(['']);
  });
});
