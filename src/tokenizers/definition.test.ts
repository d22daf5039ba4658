import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { maxIds, readDefinition } from './definition.js';

const read = (json: unknown) =>
  readDefinition('made/tokenizer.json', typeof json === 'string' ? json : JSON.stringify(json));

function refusal(json: unknown): string {
  try {
    read(json);
  } catch (error) {
    if (!isJambalayaError(error, 'tokenizer')) throw error;
    expect(error.fields.file).toBe('made/tokenizer.json');
    expect(error.hint).toBeTypeOf('string');
    return error.fields.reason;
  }
  throw new Error('expected an error');
}

const bpe = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] };
const unigram = {
  type: 'Unigram',
  vocab: [
    ['a', 0],
    ['b', -1],
  ],
  unk_id: 0,
};

describe('readDefinition', () => {
  it('reads the three models', () => {
    expect(read({ model: bpe }).model).toMatchObject({ type: 'BPE', merges: [['a', 'b']], unk_token: null });
    expect(read({ model: { ...bpe, merges: ['a b'] } }).model).toMatchObject({ merges: [['a', 'b']] });
    expect(read({ model: unigram }).model).toMatchObject({ type: 'Unigram', unk_id: 0 });
    const words = { type: 'WordPiece', vocab: { a: 0 } };
    expect(read({ model: words }).model).toMatchObject({ unk_token: '[UNK]', continuing_subword_prefix: '##' });
  });

  it('tells the models of older files by their fields', () => {
    const untyped = (model: object) => read({ model: { ...model, type: undefined } }).model.type;
    expect(untyped(bpe)).toBe('BPE');
    expect(untyped(unigram)).toBe('Unigram');
    expect(untyped({ vocab: { a: 0 } })).toBe('WordPiece');
  });

  it('has tables from ids to tokens and back, with holes', () => {
    const { texts, ids } = read({ model: bpe, added_tokens: [{ id: 5, content: '<x>' }] });
    expect(texts).toEqual(['a', 'b', 'ab', undefined, undefined, '<x>']);
    expect([ids.get('ab'), ids.get('<x>'), ids.get('y')]).toEqual([2, 5, undefined]);
  });

  it('takes the names of object members for tokens like any other', () => {
    const vocab = '{"__proto__": 0, "constructor": 1, "toString": 2}';
    const { texts, ids } = read(`{"model": {"type": "BPE", "vocab": ${vocab}, "merges": []}}`);
    expect(texts).toEqual(['__proto__', 'constructor', 'toString']);
    expect(ids.get('hasOwnProperty')).toBe(undefined);
  });

  it.each([
    ['', 'not JSON'],
    ['version https://git-lfs.github.com/spec/v1\n', 'not JSON: a Git LFS pointer'],
    ['{"model":', 'not JSON'],
    ['[]', 'the file: expected an object, found a list of 0'],
    ['null', 'the file: expected an object, found null'],
    [{}, 'model: expected an object, found nothing'],
    [{ model: { ...bpe, type: 'WordLevel' } }, 'expected BPE, WordPiece or Unigram, found "WordLevel"'],
    [{ model: { ...bpe, vocab: ['a'] } }, 'model.vocab: expected an object, found a list of 1'],
    [{ model: { ...bpe, vocab: { a: '0' } } }, 'model.vocab["a"]: expected an integer'],
    [{ model: { ...bpe, vocab: { a: -1 } } }, 'found -1'],
    [{ model: { ...bpe, vocab: { a: 0.5 } } }, 'found 0.5'],
    [{ model: { ...bpe, vocab: { a: maxIds } } }, `found ${maxIds}`],
    [{ model: { ...bpe, merges: undefined } }, 'model.merges: expected a list, found nothing'],
    [{ model: { ...bpe, merges: ['a'] } }, 'model.merges[0]: expected a pair of tokens, found "a"'],
    [{ model: { ...bpe, merges: ['a b ab'] } }, 'expected a pair of tokens'],
    [{ model: { ...bpe, merges: [['a', 1]] } }, 'expected a pair of tokens'],
    [{ model: { ...bpe, merges: [['b', 'a']] } }, 'model.merges[0]: token "ba" is not in the vocabulary'],
    [{ model: { ...bpe, merges: [['c', 'a']] } }, 'token "c" is not in the vocabulary'],
    [{ model: { ...bpe, unk_token: 5 } }, 'model.unk_token: expected a string, found 5'],
    [{ model: { ...bpe, byte_fallback: 'yes' } }, 'model.byte_fallback: expected true or false'],
    [{ model: { ...bpe, continuing_subword_prefix: '##' } }, 'not supported with BPE'],
    [{ model: { type: 'WordPiece', vocab: {}, max_input_chars_per_word: 1e9 } }, 'max_input_chars_per_word'],
    [{ model: { ...unigram, vocab: [] } }, 'expected at least one piece'],
    [{ model: { ...unigram, vocab: [['a', 'b']] } }, 'model.vocab[0]: expected a score, found "b"'],
    [{ model: { ...unigram, vocab: [[0, 0]] } }, 'model.vocab[0]: expected a string, found 0'],
    [{ model: { ...unigram, unk_id: 2 } }, 'model.unk_id: expected an integer from 0 to 1, found 2'],
    [{ model: { ...unigram, byte_fallback: true } }, 'not supported with Unigram'],
    [{ model: bpe, added_tokens: {} }, 'added_tokens: expected a list, found an object'],
    [{ model: bpe, added_tokens: [{ id: 0, content: '' }] }, 'added_tokens[0].content: expected text'],
    [{ model: bpe, added_tokens: [{ content: 'a' }] }, 'added_tokens[0].id: expected an integer'],
    [{ model: bpe, added_tokens: [{ id: 0, content: 'a'.repeat(2000) }] }, 'at most 1024 characters'],
    [{ model: bpe, added_tokens: [{ id: 0, content: 'a', single_word: true }] }, 'single_word is not supported'],
  ])('refuses %j', (json, reason) => {
    expect(refusal(json)).toContain(reason);
  });

  it('refuses tries that would not fit', () => {
    const piece = (index: number) => `${index} ${'x'.repeat(60_000)}`;
    const vocab = Array.from({ length: 71 }, (_, index) => [piece(index), 0]);
    expect(refusal({ model: { type: 'Unigram', vocab } })).toContain('characters together');
    const added_tokens = Array.from({ length: 4200 }, (_, id) => ({ id, content: `${id}`.padEnd(1000, '.') }));
    expect(refusal({ model: bpe, added_tokens })).toContain('characters together');
  });
});
