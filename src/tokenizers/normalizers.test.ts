import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LibraryTokenizer } from './libraries.js';
import { readNormalizer } from './normalizers.js';
import { patternSource, split } from './patterns.js';
import { Shape } from './shape.js';
import { Tokenizer } from './tokenizer.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/tokenizers/${name}.json`, import.meta.url), 'utf8')) as unknown;
const shape = new Shape('made');

describe('normalizers give what the Rust library gives', () => {
  it.each(fixture('normalizers') as [object, [string, string][]][])('%j', (json, pairs) => {
    const { normalize } = readNormalizer(shape, json)!;
    for (const [text, wanted] of pairs) expect([text, normalize(text)]).toEqual([text, wanted]);
  });

  it('and added tokens are found in normalized text', () => {
    const model = { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, a: 1 } };
    const added = { id: 2, content: 'FOO', special: false, normalized: true };
    const json = { model, added_tokens: [added], normalizer: { type: 'Lowercase' } };
    const tokenizer = Tokenizer.create({ name: 'made', tokenizer: JSON.stringify(json) });
    expect(tokenizer.encode('afooa')).toEqual([1, 2, 1]);
    expect(tokenizer.decode([2])).toBe('FOO');
  });
});

describe('patterns', () => {
  const { texts, patterns } = fixture('patterns') as { texts: string[]; patterns: [string, string[][] | null][] };

  /** Pieces of a text, each an id of a vocabulary that is made of them. */
  function pieces(source: string): string[][] | string {
    try {
      const part = split(shape, 'pre_tokenizer', patternSource(shape, { Regex: source }, 'pattern'), 'Isolated', false);
      const vocab = Object.fromEntries([...texts.join('')].map((char, id) => [char, id]));
      const library = new LibraryTokenizer(
        {
          model: { type: 'BPE', vocab, merges: [] },
          decoder: null,
          post_processor: null,
          normalizer: null,
          pre_tokenizer: part,
          added_tokens: [],
        },
        {},
      ) as unknown as { pre_tokenizer: (text: string) => string[] };
      return texts.map((text) => library.pre_tokenizer(text));
    } catch (error) {
      return String(error);
    }
  }

  it('split as in the Rust library, or are refused', () => {
    let same = 0;
    for (const [source, wanted] of patterns) {
      const found = pieces(source);
      if (typeof found === 'string') continue;
      expect([source, found]).toEqual([source, wanted]);
      same++;
    }
    expect(same).toBe(76);
  });

  it.each([
    ['\\G\\w+', '\\G is not supported'],
    ['(?i:ss)', '(?i:…) around "ss" is not supported'],
    ['(?i:[^k])', 'around the class [^k]'],
    ['(?i)a', 'the group (?i)'],
    ['(?m:.)', 'the group (?m:'],
    ['a)', 'closes nothing'],
  ])('%s is refused', (source, reason) => {
    expect(() => patternSource(shape, { Regex: source }, 'pattern')).toThrow(reason);
  });
});

describe('cleaning up spaces', () => {
  it('is WordPiece’s alone', () => {
    const config = JSON.stringify({ clean_up_tokenization_spaces: true });
    const vocab = { x: 0, ' ': 1, '!': 2 };
    const bpe = JSON.stringify({ model: { type: 'BPE', vocab, merges: [] }, decoder: { type: 'Fuse' } });
    expect(Tokenizer.create({ name: 'made', tokenizer: bpe, config }).decode([0, 1, 2])).toBe('x !');
    const pieces = JSON.stringify({ model: { type: 'WordPiece', unk_token: 'x', vocab }, decoder: null });
    expect(Tokenizer.create({ name: 'made', tokenizer: pieces, config }).decode([0, 2])).toBe('x!');
  });
});
