import { describe, expect, it } from 'vitest';
import { Counts, NgramRows } from './counts.js';
import { countInMemory, lengths, longestNgram } from './reference.js';
import { lookUp, scoreAll, segmentations } from './scores.js';
import { composition, pmiVocabulary } from './vocabulary.js';
import { defaultNormalisation } from './words.js';

/** Counts as a folder would give them, from the definition. */
function countsOf(texts: readonly string[], minCount = 1): Counts {
  const found = countInMemory(texts, { minCount });
  const words = [...found.counts[0]!].sort(([, a], [, b]) => b - a).map(([word]) => word);
  const rank = new Map(words.map((word, i) => [word, i + 1]));
  const rows = lengths.map((n) => {
    const all = [...found.counts[n - 1]!].map(([ngram, count]) => [
      ...ngram.split(' ').map((word) => rank.get(word)!),
      count,
    ]);
    all.sort((a, b) => a.reduce((order, value, i) => order || value - b[i]!, 0));
    return new NgramRows(n, Uint32Array.from(all.flat()));
  });
  const source = { normalisation: defaultNormalisation, minCount, minDocuments: 1 };
  const manifest = {
    format: 'jambalaya-ngram-counts',
    version: 1,
    source,
    tokens: found.totals[0]!,
    types: found.types,
    texts: texts.length,
    totals: found.totals,
    ngrams: found.counts.map(({ size }) => size),
  } as const;
  return new Counts(manifest, words, rows);
}

/** A rare pair that always stands together, before a frequent word; and three common words that belong together now and then. */
const towns = [
  ...Array.from({ length: 8 }, () => 'kuala lumpur is large'),
  ...Array.from({ length: 300 }, (_, i) => `this is a word${i % 20}`),
  ...Array.from({ length: 8 }, () => 'new york stock'),
  ...Array.from({ length: 60 }, (_, i) => ['a new day', 'in york they', 'stock of them'][i % 3]!),
  ...Array.from({ length: 120 }, (_, i) => ['new', 'york', 'stock'][i % 3]!),
];

describe('scores', () => {
  it('five words can be cut in fifteen ways, and two in one', () => {
    expect([2, 3, 4, 5].map((n) => segmentations(n).length)).toEqual([1, 3, 7, 15]);
    expect(segmentations(3)).toEqual([
      [1, 1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it('are the formulas of the paper', () => {
    const counts = countsOf(['a b a b c', 'a b', 'c a']);
    const { totals } = counts.manifest;
    expect(totals).toEqual([9, 6, 3, 2, 1]);
    const pair = lookUp(counts, ['a', 'b'])!;
    const pmi = Math.log(3 / 6 / ((4 / 9) * (3 / 9)));
    expect(pair.pmi).toBeCloseTo(pmi, 12);
    expect(pair.naive).toBeCloseTo(pmi, 12);
    expect(pair.p2).toBeCloseTo(pmi + Math.log(3 / 6), 12);
    const three = lookUp(counts, ['a', 'b', 'a'])!;
    const cuts = [
      ['a', 'b', 'a'],
      ['a b', 'a'],
      ['a', 'b a'],
    ].map((parts) => ({
      parts,
      log: parts.reduce((sum, part) => {
        const words = part.split(' ');
        return sum + Math.log(counts.count(words) / totals[words.length - 1]!);
      }, 0),
    }));
    const best = cuts.toSorted((a, b) => b.log - a.log)[0]!;
    expect(three.segmentation).toEqual(best.parts);
    expect(three.pmi).toBeCloseTo(Math.log(1 / 3) - best.log, 12);
    expect(three.naive).toBeCloseTo(Math.log(1 / 3) - cuts[0]!.log, 12);
    expect(lookUp(counts, ['b', 'b'])).toBeUndefined();
    expect(lookUp(counts, ['a'])).toMatchObject({ count: 4, pmi: null });
    expect(() => lookUp(counts, [])).toThrow(/1 to 5 words/);
  });

  it('of all rows are those of each n-gram on its own', () => {
    const counts = countsOf(towns);
    const all = scoreAll(counts);
    for (let n = 2; n <= longestNgram; n++) {
      for (let row = 0; row < counts.of(n).length; row++) {
        const one = lookUp(counts, counts.wordsOfRow(n, row))!;
        expect(all[n - 2]!.pmi[row]).toBeCloseTo(one.pmi!, 10);
        expect(all[n - 2]!.naive[row]).toBeCloseTo(one.naive!, 10);
        expect(all[n - 2]!.p2[row]).toBeCloseTo(one.p2!, 10);
      }
    }
  });

  it('naive PMI promotes a fragment with a strong pair in it; PMI does not', () => {
    const counts = countsOf(towns, 5);
    const fragment = lookUp(counts, ['kuala', 'lumpur', 'is'])!;
    const whole = lookUp(counts, ['new', 'york', 'stock'])!;
    expect(fragment.segmentation).toEqual(['kuala lumpur', 'is']);
    expect(fragment.naive!).toBeGreaterThan(whole.naive! + 1);
    expect(fragment.pmi!).toBeLessThan(whole.pmi! - 1);
  });
});

describe('a vocabulary', () => {
  it('has half bigrams, a quarter trigrams, an eighth of each other length, and the rest of rounding are bigrams', () => {
    expect(composition(800_000)).toEqual([400_000, 200_000, 100_000, 100_000]);
    expect(composition(15)).toEqual([10, 3, 1, 1]);
  });

  it('ranks each length by its score, and fills or keeps what a length has too few of', () => {
    const counts = countsOf(['a b c', 'a b d', 'a b c', 'e f', 'e g', 'h f']);
    const available = [2, 3, 4, 5].map((n) => counts.of(n).length);
    expect(available).toEqual([6, 2, 0, 0]);
    const sizes = (shortage: 'fill' | 'keep') =>
      pmiVocabulary(counts, { size: 8, score: 'pmi', shortage }).entries.map(({ length }) => length);
    expect(sizes('keep')).toEqual([4, 2, 0, 0]);
    expect(sizes('fill')).toEqual([6, 2, 0, 0]);
    const [pairs] = pmiVocabulary(counts, { size: 8, score: 'frequency' }).entries;
    expect(pairs![0]).toMatchObject({ words: ['a', 'b'], count: 3, score: 3 });
    const [byPmi] = pmiVocabulary(counts, { size: 8, score: 'pmi' }).entries;
    expect(byPmi!.map(({ score }) => score)).toEqual(byPmi!.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(() => pmiVocabulary(counts, { size: 0, score: 'pmi' })).toThrow(/whole number from 1/);
    expect(() => pmiVocabulary(countsOf(['a', 'b']), { size: 2, score: 'pmi' })).toThrow(/two words/);
  });
});
