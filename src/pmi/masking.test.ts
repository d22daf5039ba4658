import { describe, expect, it } from 'vitest';
import { parseList } from './list.js';
import { drawsOf, maskingBudget, maskText, uncountedLabel } from './masking.js';
import { Matcher } from './matcher.js';
import type { PiecedText } from './pieces.js';
import {
  chooseUnits,
  defaultSpans,
  drawSpanLength,
  listScheme,
  type MaskingScheme,
  meanSpanLength,
  randomSpan,
  randomToken,
  wholeWord,
} from './schemes.js';
import { coverage, maskingUnits } from './units.js';
import { wordsOf } from './words.js';

const listOf = (...ngrams: string[]) => new Matcher(ngrams.map((ngram) => ngram.split(' ')));
const unitsOf = (text: string, matcher: Matcher, seed: number) => {
  const words = wordsOf(text);
  return maskingUnits(matcher, words, drawsOf(seed, 0)).map(({ start, end }) =>
    words
      .slice(start, end)
      .map((word) => word.text)
      .join(' '),
  );
};

/** A text of `words` words of one to three pieces, with a special token at each end and a mark after every seventh. */
function pieced(words: number, seed: number): PiecedText {
  const draw = drawsOf(seed, 99);
  const ids: number[] = [1];
  const ranges: { text: string; start: number; end: number; afterBoundary: boolean }[] = [];
  for (let i = 0; i < words; i++) {
    const start = ids.length;
    const word = Math.floor(draw() * 40);
    for (let piece = 0; piece <= word % 3; piece++) ids.push(10 + word + 50 * piece);
    ranges.push({ text: `w${word}`, start, end: ids.length, afterBoundary: i > 0 && i % 7 === 0 });
    if (i % 7 === 6) ids.push(5);
  }
  ids.push(2);
  const isSpecial = Uint8Array.from(ids, (id) => (id < 3 ? 1 : 0));
  return { ids: Int32Array.from(ids), words: ranges, isSpecial };
}

const randomIds = Array.from({ length: 300 }, (_, i) => i + 1000);
const options = { maskId: 4, randomIds };
const pairs = Array.from({ length: 200 }, (_, i) => `w${i % 40} w${(i * 7 + Math.floor(i / 40)) % 40}`);
const triples = Array.from({ length: 60 }, (_, i) => `w${i % 40} w${(i * 3) % 40} w${(i * 11) % 40}`);
const list = new Matcher([...new Set([...pairs, ...triples])].map((ngram) => ngram.split(' ')));
const schemes: MaskingScheme[] = [randomToken, wholeWord, randomSpan(), listScheme(list), listScheme(list, 'naive')];

describe('units of a list', () => {
  it('of entries that contain one another, the longest', () => {
    const matcher = listOf('new york', 'new york city', 'york city');
    for (let seed = 0; seed < 20; seed++) {
      expect(unitsOf('in new york city hall', matcher, seed)).toEqual(['in', 'new york city', 'hall']);
    }
  });

  it('of entries that overlap, one that is drawn, and the other words on their own', () => {
    const matcher = listOf('by the way', 'the way out', 'by the');
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const units = unitsOf('by the way out', matcher, seed).join('|');
      seen.set(units, (seen.get(units) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['by the way|out', 'by|the way out']);
    // Four standard deviations of a fair coin.
    expect(Math.abs(seen.get('by|the way out')! - 1000)).toBeLessThan(4 * Math.sqrt(500));
  });

  it('never reach over a boundary', () => {
    expect(unitsOf('new. York new york', listOf('new york'), 1)).toEqual(['new', 'york', 'new york']);
    expect(coverage(listOf('a b', 'b c'), wordsOf('a b c, a. b x'))).toEqual({ words: 6, covered: 3 });
  });

  it('a list with an entry twice, of one word, of other words than are counted, or of none is refused with its line', () => {
    expect(() => parseList('new york\nnew york\n', 'l')).toThrow(/l:2: expected each n-gram once/);
    expect(() => parseList('new\n', 'l')).toThrow(/at least two words/);
    expect(() => parseList('a b\nNew York\n', 'l')).toThrow(/l:2: .*"new".*"New"/);
    expect(() => parseList('\n', 'l')).toThrow(/one n-gram a line/);
    expect(parseList('new york\nb c d\n', 'l').matcher.size).toBe(2);
  });
});

describe.each(schemes)('masking by $name', (scheme) => {
  it('hides no more than the budget, and all of it but for a unit that does not fit', () => {
    let hidden = 0;
    let budgets = 0;
    for (let text = 0; text < 100; text++) {
      const given = pieced(5 + (text % 90), text);
      const pieces = given.isSpecial.filter((special) => special === 0).length;
      const budget = maskingBudget(pieces);
      const masked = maskText(given, scheme, options, drawsOf(7, text));
      expect(masked.hidden).toBeLessThanOrEqual(budget);
      expect(masked.labels.filter((label) => label !== uncountedLabel).length).toBe(masked.hidden);
      hidden += masked.hidden;
      budgets += budget;
    }
    expect(hidden).toBeGreaterThan(0.93 * budgets);
  });

  it('leaves what is not hidden, and special tokens, as they are; hides units whole, in one of three ways', () => {
    const ways = { mask: 0, random: 0, same: 0 };
    let strays = 0;
    for (let text = 0; text < 120; text++) {
      const given = pieced(60, text);
      const { inputIds, labels, unitIds } = maskText(given, scheme, options, drawsOf(3, text));
      const kinds = new Map<number, Set<string>>();
      for (const [i, id] of given.ids.entries()) {
        strays += Number((unitIds[i] === -1) !== (given.isSpecial[i] === 1));
        if (labels[i] === uncountedLabel) {
          strays += Number(inputIds[i] !== id);
          continue;
        }
        strays += Number(labels[i] !== id);
        const kind = inputIds[i] === 4 ? 'mask' : inputIds[i] === id ? 'same' : 'random';
        kinds.set(unitIds[i]!, (kinds.get(unitIds[i]!) ?? new Set()).add(kind));
      }
      for (const [unit, kind] of kinds) {
        expect(kind.size).toBe(1);
        ways[[...kind][0] as 'mask']++;
        const members = [...unitIds.keys()].filter((i) => unitIds[i] === unit);
        expect(members.every((i) => labels[i] !== uncountedLabel)).toBe(true);
        expect(members[members.length - 1]! - members[0]! + 1).toBe(members.length);
      }
    }
    expect(strays).toBe(0);
    const all = ways.mask + ways.random + ways.same;
    for (const [way, share] of [
      ['mask', 0.8],
      ['random', 0.1],
      ['same', 0.1],
    ] as const) {
      expect(Math.abs(ways[way] / all - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / all));
    }
  });

  it('follows from its seed', () => {
    const given = pieced(80, 1);
    const draw = (seed: number, text: number) => maskText(given, scheme, options, drawsOf(seed, text));
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 2));
    expect(draw(1, 2)).not.toEqual(draw(1, 3));
  });
});

describe('drawing', () => {
  it('is uniform over units of one size', () => {
    const units = Array.from({ length: 20 }, (_, i) => ({ start: 2 * i, end: 2 * i + 2 }));
    const seen = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 8000; seed++) for (const unit of chooseUnits(units, 6, drawsOf(seed, 1))) seen[unit]!++;
    for (const count of seen) expect(Math.abs(count - 1200)).toBeLessThan(5 * Math.sqrt(8000 * 0.15 * 0.85));
  });

  it('words of any length are hidden together with all their pieces, and entries with all their words', () => {
    const given = pieced(70, 4);
    const { units } = listScheme(list).draw(given, 20, drawsOf(1, 1));
    for (const word of given.words) {
      const unit = units.find(({ start, end }) => start <= word.start && word.start < end)!;
      expect(unit.end).toBeGreaterThanOrEqual(word.end);
    }
    expect(units.some(({ start }) => given.words.filter((word) => word.start >= start).length > 0)).toBe(true);
  });

  it('lengths of spans have the means of both conventions', () => {
    expect(meanSpanLength(defaultSpans)).toBeCloseTo(3.797, 3);
    expect(meanSpanLength({ ...defaultSpans, overlong: 'clamp' })).toBeCloseTo(4.463, 3);
    for (const overlong of ['redraw', 'clamp'] as const) {
      const draw = drawsOf(1, 1);
      const lengths = Array.from({ length: 40_000 }, () => drawSpanLength({ ...defaultSpans, overlong }, draw));
      const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
      expect(Math.abs(mean - meanSpanLength({ ...defaultSpans, overlong }))).toBeLessThan(0.08);
      expect(Math.max(...lengths)).toBe(10);
      expect(Math.min(...lengths)).toBe(1);
    }
  });
});
