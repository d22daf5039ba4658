import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDefinition } from './definition.js';
import { LibraryTokenizer } from './libraries.js';
import { Tokenizer } from './tokenizer.js';
import { hasCacheableWords, WordCache } from './word-cache.js';

const json = readFileSync('test/fixtures/golden/tokenizer-bpe/tokenizer.json', 'utf8');
const definition = (change: (value: Record<string, unknown>) => void = () => {}) => {
  const value = JSON.parse(json) as Record<string, unknown>;
  change(value);
  return readDefinition('t', JSON.stringify(value));
};

describe('hasCacheableWords', () => {
  it('knows the pattern, and is careful with anything else', () => {
    expect(hasCacheableWords(definition())).toBe(true);
    const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
    const token = { id: 800, content: 'x', special: false };
    for (const change of [
      { normalizer: { type: 'NFC' } },
      { pre_tokenizer: byteLevel },
      { pre_tokenizer: null },
      { added_tokens: [token] },
    ]) {
      expect(hasCacheableWords(definition((value) => Object.assign(value, change)))).toBe(false);
    }
  });
});

describe('WordCache', () => {
  it('gives the ids of the library for texts of all kinds', () => {
    const tokenizer = Tokenizer.create({ name: 't', tokenizer: json });
    // Without special tokens the library itself takes their strings for text.
    const library = new LibraryTokenizer({ ...(JSON.parse(json) as object), added_tokens: [] }, {});
    const unit = fc.constantFrom(
      ...'aab 1.\t\n\r\u0085\u00a0\u3000\ufeff\u2028\u0301é<|>ſK',
      '👩',
      '語',
      "'s",
      "'LL",
      '\n\n',
      ' the',
      '<|eom|>',
      'eom',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        const expected = library.encode(text, { add_special_tokens: false }).ids;
        if (!text.includes('<|eom|>')) expect(tokenizer.encode(text, { parseSpecial: false })).toEqual(expected);
        expect(tokenizer.decode(tokenizer.encode(text, { parseSpecial: false }))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('asks once for a word, and begins anew when it holds too many', () => {
    const cache = new WordCache();
    const asked: string[] = [];
    const encode = (text: string) =>
      cache.encode(text, (words) => {
        asked.push(...words);
        return words.map((word) => [word.length]);
      });
    expect(encode('one two two')).toEqual([3, 4, 4]);
    expect(encode(' two one')).toEqual([4, 4]);
    expect(asked).toEqual(['one', ' two', ' one']);
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const word = (i: number) =>
      letters[i % 26]! + letters[Math.floor(i / 26) % 26]! + letters[Math.floor(i / 676) % 26]!;
    for (let part = 0; part < 10; part++) {
      encode(Array.from({ length: 17_000 }, (_, i) => `${word(i)}${letters[part]}`).join(' '));
    }
    asked.length = 0;
    expect(encode('one two')).toEqual([3, 4]);
    expect(asked).toEqual(['one', ' two']);
  });
});
