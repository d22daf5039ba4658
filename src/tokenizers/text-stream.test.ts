import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextStream, Tokenizer } from './index.js';

const read = (path: string, config = '{}') =>
  Tokenizer.create({ name: path, tokenizer: readFileSync(path, 'utf8'), config });
const made = (json: object, config: object = {}) =>
  Tokenizer.create({ name: 'made', tokenizer: JSON.stringify(json), config: JSON.stringify(config) });
const vocabulary = (tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));
const special = (id: number, content: string) => ({ id, content, special: true });

const byteTokens = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const pieces = ['<s>', '▁', '▁▁', '▁the', 'a', '日', '.', '\uFFFD', '▁▁▁▁▁▁', "'", ...byteTokens];
const replace = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
const strip = (start: number, stop: number) => ({ type: 'Strip', content: ' ', start, stop });
const pieceModel = { type: 'BPE', vocab: vocabulary(pieces), merges: [] };
const llama = (...last: object[]) => ({
  model: pieceModel,
  added_tokens: [special(0, '<s>')],
  decoder: { type: 'Sequence', decoders: [replace, { type: 'ByteFallback' }, { type: 'Fuse' }, ...last] },
});
const words = {
  model: {
    type: 'WordPiece',
    vocab: vocabulary(['[PAD]', 'do', 'n', '##n', "'", 't', '##t', '.', 's', '##s', '日', '##日']),
  },
  added_tokens: [special(0, '[PAD]')],
};

const tokenizers: [name: string, tokenizer: Tokenizer][] = [
  ['byte-level BPE', read('test/fixtures/golden/tokenizer-bpe/tokenizer.json')],
  ['bytes', read('models/char-shakespeare/tokenizer.json')],
  ['pieces with byte fallback', made(llama(strip(1, 0)))],
  ['pieces with byte fallback, four spaces stripped', made(llama(strip(4, 0)))],
  ['pieces with byte fallback, stripped at the end', made(llama(strip(1, 1)))],
  ['pieces with spaces marked', made({ model: pieceModel, decoder: { type: 'Metaspace', replacement: '▁' } })],
  ['WordPiece', made({ ...words, decoder: { type: 'WordPiece', prefix: '##', cleanup: true } })],
  [
    'WordPiece, cleaned up',
    made({ ...words, decoder: { type: 'WordPiece', cleanup: false } }, { clean_up_tokenization_spaces: true }),
  ],
  [
    'words with a suffix',
    made({ model: { ...pieceModel, vocab: vocabulary(['a', 'b</w>', '</', 'w>']) }, decoder: { type: 'BPEDecoder' } }),
  ],
  [
    'bytes with an empty token',
    made({
      model: { type: 'BPE', vocab: vocabulary(['', '\u00f0', '\u0141', '\u013a', '\u0122', 'a']), merges: [] },
      decoder: { type: 'ByteLevel' },
    }),
  ],
  [
    'pieces with an empty token',
    made({
      ...llama(strip(1, 0)),
      model: { ...pieceModel, vocab: vocabulary(['<s>', '\u2581', '\u2581\u2581', 'a']) },
      decoder: {
        type: 'Sequence',
        decoders: [replace, { ...replace, pattern: { String: '  ' }, content: '' }, { type: 'Fuse' }, strip(1, 0)],
      },
    }),
  ],
  ['no decoder', made({ model: pieceModel }, { clean_up_tokenization_spaces: true })],
];

/** Lists of pushes; some favour one token, so that runs of it outgrow the window. */
const pushes = (size: number) => {
  const id = fc.nat({ max: size });
  const run = fc.tuple(id, fc.integer({ min: 1, max: 70 })).map(([token, times]) => Array<number>(times).fill(token));
  const block = fc.oneof(fc.array(id, { maxLength: 6 }), run);
  return fc
    .array(
      fc.oneof(
        block.map((ids) => ids.map((token) => [token])),
        block.map((ids) => [ids]),
      ),
      { maxLength: 6 },
    )
    .map((lists) => lists.flat());
};

describe.each(tokenizers)('TextStream: %s', (_, tokenizer) => {
  it.each([true, false])('gives the text of all ids, piece by piece (specials skipped: %s)', (skipSpecialTokens) => {
    fc.assert(
      fc.property(pushes(Math.min(tokenizer.vocabularySize + 2, 400)), (blocks) => {
        const stream = new TextStream(tokenizer, { skipSpecialTokens });
        const got = blocks.map((ids) => stream.push(ids));
        got.push(stream.flush());
        expect(got.join('')).toBe(tokenizer.decode(blocks.flat(), { skipSpecialTokens }));
      }),
      { numRuns: 300 },
    );
  });
});

describe('TextStream', () => {
  const bytes = read('models/char-shakespeare/tokenizer.json');

  it('never ends a piece within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        fc.pre(!text.includes('\uFFFD'));
        const stream = new TextStream(bytes);
        for (const id of bytes.encode(text)) {
          const piece = stream.push([id]);
          expect(piece).not.toContain('\uFFFD');
          expect(piece).not.toMatch(/\p{Surrogate}/u);
        }
        expect(stream.flush()).toBe('');
      }),
    );
  });

  it('gives a character with its last byte, and half a one at the end', () => {
    const stream = new TextStream(bytes);
    const [a, b, c, d] = bytes.encode('😀');
    expect([a, b, c, d].map((id) => stream.push([id!]))).toEqual(['', '', '', '😀']);
    expect(stream.push([a!, b!])).toBe('');
    expect(stream.flush()).toBe('\uFFFD');
    expect(stream.push(bytes.encode('as new'))).toBe('as new');
  });

  it('does not wait for more after bytes that are no character', () => {
    const stream = new TextStream(bytes);
    const given = Array.from({ length: 200 }, () => stream.push([0xff + 3])).join('');
    expect(given).toBe('\uFFFD'.repeat(199));
    expect(stream.flush()).toBe('\uFFFD');
  });

  it('decodes no more ids for a late token than for an early one', () => {
    for (const [, tokenizer] of tokenizers.filter(([, each]) => each.decodesLocally)) {
      const ids = Array.from({ length: 3000 }, (_, index) => (index * 7) % Math.min(tokenizer.vocabularySize, 300));
      let decoded = 0;
      const counting = new Proxy(tokenizer, {
        get(target, name) {
          if (name === 'decode') {
            return (part: readonly number[], options: object) => {
              decoded = Math.max(decoded, part.length);
              return target.decode(part, options);
            };
          }
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const stream = new TextStream(counting);
      for (const id of ids) stream.push([id]);
      expect(decoded).toBeGreaterThan(1);
      expect(decoded).toBeLessThanOrEqual(64);
    }
  });

  it('gives text before the end wherever the decoder allows it', () => {
    for (const [name, tokenizer] of tokenizers) {
      const stream = new TextStream(tokenizer);
      const ids = Array.from({ length: 50 }, (_, index) => index % Math.min(tokenizer.vocabularySize, 250));
      expect([name, ids.map((id) => stream.push([id])).join('') !== '']).toEqual([name, tokenizer.decodesLocally]);
    }
    expect(tokenizers.filter(([, each]) => !each.decodesLocally).length).toBe(2);
  });
});
