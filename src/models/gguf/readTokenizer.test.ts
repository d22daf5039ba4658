import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bytesSource, encodeGguf, type GgufValue, readGguf } from '../../formats/index.js';
import { Tokenizer } from '../../tokenizers/index.js';
import { tokenizerOfGguf } from './readTokenizer.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../../test/fixtures/gguf/${name}`, import.meta.url)), 'utf8'));

const text = (value: string): GgufValue => ({ type: 'string', value });
const flag = (value: boolean): GgufValue => ({ type: 'bool', value });
const id = (value: number): GgufValue => ({ type: 'u32', value });
const texts = (value: readonly string[]): GgufValue => ({ type: 'array', of: 'string', value });
const kinds = (value: readonly number[]): GgufValue => ({ type: 'array', of: 'i32', value });
const scores = (value: readonly number[]): GgufValue => ({ type: 'array', of: 'f32', value });

const withSpecial = { addSpecialTokens: true };

async function read(metadata: Record<string, GgufValue>) {
  const keyed = Object.entries(metadata).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
  return tokenizerOfGguf(await readGguf(bytesSource('f.gguf', await encodeGguf([], new Map(keyed)))));
}

async function tokenizer(metadata: Record<string, GgufValue>): Promise<Tokenizer> {
  const found = await read(metadata);
  if ('reason' in found) throw new Error(found.reason);
  return Tokenizer.create({ name: 'f.gguf', ...found });
}

interface SentencePieceFixture {
  readonly tokens: readonly string[];
  readonly scores: readonly number[];
  readonly types: readonly number[];
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[]; readonly decoded: string }[];
}

describe('a SentencePiece BPE', () => {
  const spm = fixture('sentencepiece-bpe.json') as SentencePieceFixture;
  const metadata = {
    model: text('llama'),
    tokens: texts(spm.tokens),
    scores: scores(spm.scores),
    token_type: kinds(spm.types),
    bos_token_id: id(1),
    eos_token_id: id(2),
    unknown_token_id: id(0),
  };

  it('gives SentencePiece’s ids and texts', async () => {
    const found = await tokenizer(metadata);
    for (const { text, ids, decoded } of spm.cases) {
      expect(found.encode(text), text).toEqual(ids);
      expect(found.decode(ids), text).toBe(decoded);
    }
  });

  it('begins with the begin token unless the file says otherwise', async () => {
    expect((await tokenizer(metadata)).encode('a', withSpecial)[0]).toBe(1);
    expect((await tokenizer({ ...metadata, add_bos_token: flag(false) })).encode('a', withSpecial)[0]).not.toBe(1);
    expect((await tokenizer({ ...metadata, add_eos_token: flag(true) })).encode('a', withSpecial).at(-1)).toBe(2);
  });

  it('puts no space before a text where the file says so, and one behind every special token where not', async () => {
    const [prefixed, plain] = [
      await tokenizer(metadata),
      await tokenizer({ ...metadata, add_space_prefix: flag(false) }),
    ];
    const ids = (found: Tokenizer, text: string) => found.encode(text);
    expect(ids(plain, 'the')).not.toEqual(ids(prefixed, 'the'));
    expect(ids(plain, ' the')).toEqual(ids(prefixed, 'the'));
    expect(ids(prefixed, 'a<tool>the')).toEqual([...ids(prefixed, 'a'), 3, ...ids(prefixed, 'the')]);
    expect(plain.decode(ids(plain, 'the'))).toBe('the');
  });

  it('refuses scores of another number', async () => {
    const { scores: _, ...rest } = metadata;
    await expect(read({ ...rest, scores: scores([0]) })).rejects.toMatchObject({
      code: 'config',
      fields: { field: 'tokenizer.ggml.scores', expected: `${spm.tokens.length} numbers` },
    });
  });
});

describe('a WordPiece', () => {
  const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '▁un', 'aff', 'able', '▁cafe', '▁,', '▁a', 's'];
  const types = [3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1];
  const metadata = {
    model: text('bert'),
    tokens: texts(tokens),
    token_type: kinds(types),
    cls_token_id: id(2),
    seperator_token_id: id(3),
    unknown_token_id: id(1),
    padding_token_id: id(0),
  };

  it('cuts words from their beginning, in lower case and without accents', async () => {
    // A sign of mathematics that is a capital letter makes no vocabulary one with capitals.
    const found = await tokenizer({ ...metadata, tokens: texts([...tokens, '▁ℝ']), token_type: kinds([...types, 1]) });
    expect(found.encode('Unaffable Cafés, x', withSpecial)).toEqual([2, 4, 5, 6, 7, 10, 8, 1, 3]);
    expect(found.decode([4, 5, 6, 7])).toBe('unaffable cafe');
  });

  it('keeps the case of a vocabulary that has any', async () => {
    const cased = await tokenizer({ ...metadata, tokens: texts([...tokens.slice(0, -1), '▁A']) });
    expect(cased.encode('A a')).toEqual([10, 9]);
  });
});

it('names the kind and the pre-tokenizer that it cannot read', async () => {
  expect(await read({ model: text('t5') })).toEqual({ reason: expect.stringContaining('of kind "t5"') });
  expect(await read({ model: text('gpt2'), pre: text('dbrx'), tokens: texts([]), merges: texts([]) })).toEqual({
    reason: expect.stringContaining('"dbrx"'),
  });
});
