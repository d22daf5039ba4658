import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';
import { LibraryTokenizer } from '../libraries.js';
import { Tokenizer } from '../tokenizer.js';
import { type TokenizerTrainingOptions, trainTokenizer } from './train.js';

interface Expected {
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** Made by reference/tokenizer-training/train.py. */
const expected = JSON.parse(readFileSync('test/fixtures/tokenizer-training/expected.json', 'utf8')) as Expected;
const text = readFileSync('models/char-shakespeare/heldout.txt', 'utf8');

const train = (texts: readonly string[], options: Partial<TokenizerTrainingOptions> = {}) =>
  trainTokenizer(texts, { vocabularySize: 700, threads: 1, ...options });
const load = (json: string) => Tokenizer.create({ name: 'tokenizer.json', tokenizer: json });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isJambalayaError(error)) return error.code;
  throw error ?? new Error('expected an error');
}

describe('trainTokenizer', () => {
  it("learns what Python's tokenizers learns", async () => {
    const { json, vocabularySize, merges } = await train([text]);
    const { model } = JSON.parse(json) as { model: { vocab: Record<string, number>; merges: string[] } };
    expect(model.vocab).toEqual(Object.fromEntries(expected.tokens.map((token, id) => [token, id])));
    expect(model.merges).toEqual(expected.merges);
    expect([vocabularySize, merges]).toEqual([700, expected.merges.length]);
  });

  it.each(expected.cases)('gives the ids of Python for $text', async ({ text: awkward, ids }) => {
    const { json } = await train([text]);
    const library = new LibraryTokenizer(JSON.parse(json) as object, {});
    expect(library.encode(awkward, { add_special_tokens: false }).ids).toEqual(ids);
    const tokenizer = load(json);
    expect(tokenizer.encode(awkward)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(awkward);
  });

  it('gives the same with any number of threads', async () => {
    const texts = text.split('\n\n');
    const [one, ...others] = await Promise.all([1, 2, 5].map((threads) => train(texts, { threads })));
    for (const other of others) expect(other.json).toBe(one!.json);
  });

  it('makes every digit a token of its own', async () => {
    const { json } = await train(['1999 2000 2001 '.repeat(50)]);
    const tokenizer = load(json);
    expect(tokenizer.encode('2001').map((id) => tokenizer.tokenText(id))).toEqual(['2', '0', '0', '1']);
  });

  it('learns nothing special from special strings in a text', async () => {
    const special = '<<>>';
    const { json } = await train(['<<>> '.repeat(100)], { specialTokens: [special] });
    const tokenizer = load(json);
    expect(tokenizer.encode(special)).toEqual([0]);
    const literal = tokenizer.encode(special, { parseSpecial: false });
    expect(literal).not.toContain(0);
    expect(tokenizer.decode(literal)).toBe(special);
    expect((JSON.parse(json) as { model: { vocab: object } }).model.vocab).toMatchObject({ [special]: 0 });
  });

  it('ends early when no pair stands twice', async () => {
    const { vocabularySize, json } = await train(['ab ab']);
    // Special tokens, bytes, "ab"; " ab" stands once.
    expect(vocabularySize).toBe(3 + 256 + 1);
    expect(load(json).vocabularySize).toBe(vocabularySize);
  });

  it('takes the smallest vocabulary that covers all bytes', async () => {
    const { json, merges } = await train([text], { vocabularySize: 256, specialTokens: [] });
    expect(merges).toBe(0);
    const tokenizer = load(json);
    expect(tokenizer.decode(tokenizer.encode('né 語'))).toBe('né 語');
  });

  it('refuses what cannot be', async () => {
    expect(await codeOf(train([text], { vocabularySize: 258 }))).toBe('usage');
    expect(await codeOf(train([text], { vocabularySize: 2 ** 22 }))).toBe('usage');
    expect(await codeOf(train([text], { threads: 0 }))).toBe('usage');
    for (const specialTokens of [[''], ['a'], ['Ġ'], ['<a>', '<a>'], ['x'.repeat(2000)], ['\ud800x']]) {
      expect(await codeOf(train([text], { specialTokens }))).toBe('usage');
    }
    expect(await codeOf(train([]))).toBe('tokenizer');
    expect(await codeOf(train(['', '']))).toBe('tokenizer');
    expect(await codeOf(train([text], { signal: AbortSignal.abort() }))).toBe('aborted');
  });

  it('passes on what reading the texts throws', async () => {
    const texts = async function* () {
      yield 'some';
      throw new RangeError('broken');
    };
    await expect(trainTokenizer(texts(), { vocabularySize: 300 })).rejects.toThrow('broken');
  });
});
