import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/golden/support.js';
import {
  bytesSource,
  encodeGguf,
  type GgufMetadata,
  type GgufValue,
  type JsonObject,
  readGguf,
} from '../../formats/index.js';
import { Tokenizer, trainTokenizer } from '../../tokenizers/index.js';
import { type TokenizerTexts, tokenizerOfGguf } from './readTokenizer.js';
import { ggufTokenizer } from './writeTokenizer.js';

const textsOf = (set: string): TokenizerTexts => ({
  tokenizer: readFileSync(`${folderOf(set)}/tokenizer.json`, 'utf8'),
  config: readFileSync(`${folderOf(set)}/tokenizer_config.json`, 'utf8'),
});

const create = ({ tokenizer, config, chatTemplate }: TokenizerTexts) =>
  Tokenizer.create({ name: 'tokenizer.json', tokenizer, config, chatTemplate });

/** Out of a file with this metadata. */
async function readBack(metadata: GgufMetadata) {
  return tokenizerOfGguf(await readGguf(bytesSource('f.gguf', await encodeGguf([], metadata))));
}

/** Into a GGUF and out of it again. */
async function throughGguf(texts: TokenizerTexts, vocabularySize: number): Promise<Tokenizer> {
  const metadata = ggufTokenizer(texts, 'tokenizer.json', vocabularySize);
  if ('reason' in metadata) throw new Error(metadata.reason);
  const again = await readBack(metadata);
  if ('reason' in again) throw new Error(again.reason);
  return create(again);
}

/** `tokenizer-bpe` with other fields at the top level and in the model. */
function changed(top: JsonObject, model: JsonObject = {}): TokenizerTexts {
  const { tokenizer, config } = textsOf('tokenizer-bpe');
  const json = JSON.parse(tokenizer) as JsonObject;
  return { tokenizer: JSON.stringify({ ...json, ...top, model: { ...(json.model as JsonObject), ...model } }), config };
}

const samples = [
  '',
  'To be, or not to be: that is the question.',
  "We're  told\n\n\tit's 1234 + 56.7 €, naïve 日本語 \u{1F600}\r\n   end  ",
  '<|startoftext|><|user|> hi <|eom|>',
];

describe('a byte-level BPE tokenizer', () => {
  it('that was trained here gives the same ids after a GGUF', async () => {
    const { json } = await trainTokenizer([readFileSync('models/char-shakespeare/heldout.txt', 'utf8')], {
      vocabularySize: 500,
      threads: 1,
    });
    const texts = { ...textsOf('char-shakespeare'), tokenizer: json };
    const after = await throughGguf(texts, 500);
    for (const text of samples) expect(after.encode(text)).toEqual(create(texts).encode(text));
  });

  it.each([
    ['tokenizer-bpe', 700],
    ['tokenizer-bpe', 1024],
    ['char-shakespeare', 259],
  ] as const)('%s in a vocabulary of %d gives the same ids after a GGUF', async (set, vocabularySize) => {
    const [before, after] = [create(textsOf(set)), await throughGguf(textsOf(set), vocabularySize)];
    const roles = ({ bosId, eosId, padId, specialIds }: Tokenizer) => [bosId, eosId, padId, [...specialIds].sort()];
    expect(roles(after)).toEqual(roles(before));
    for (const text of samples) {
      for (const parseSpecial of [true, false]) {
        const ids = before.encode(text, { parseSpecial });
        expect(after.encode(text, { parseSpecial })).toEqual(ids);
        expect(after.decode(ids)).toBe(before.decode(ids));
      }
    }
  });

  it('keeps its chat template', async () => {
    const messages = [{ role: 'user', content: 'hello' }];
    const [before, after] = [create(textsOf('tokenizer-bpe')), await throughGguf(textsOf('tokenizer-bpe'), 700)];
    expect(after.renderChat(messages)).toBe(before.renderChat(messages));
  });

  it('keeps the begin token that it puts before a text', async () => {
    const special_tokens = { '<|startoftext|>': { id: '<|startoftext|>', ids: [1], tokens: ['<|startoftext|>'] } };
    const single = [{ SpecialToken: { id: '<|startoftext|>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
    const post_processor = { type: 'TemplateProcessing', single, pair: single, special_tokens };
    const after = await throughGguf(changed({ post_processor }), 700);
    expect(after.encode('a', { addSpecialTokens: true })[0]).toBe(1);
    const plain = await throughGguf(changed({}), 700);
    expect(plain.encode('a', { addSpecialTokens: true })[0]).not.toBe(1);
  });

  it('keeps what the configuration alone calls special, and whether spaces are cleaned up', async () => {
    const texts = textsOf('tokenizer-bpe');
    const { vocab } = (JSON.parse(texts.tokenizer) as { model: { vocab: Record<string, number> } }).model;
    const token = Object.keys(vocab)[300]!;
    const config = JSON.parse(texts.config!) as JsonObject;
    const edited = {
      ...texts,
      config: JSON.stringify({
        ...config,
        additional_special_tokens: [{ content: token }],
        clean_up_tokenization_spaces: true,
      }),
    };
    const [before, after] = [create(edited), await throughGguf(edited, 700)];
    expect(before.specialIds.has(300)).toBe(true);
    expect([...after.specialIds].sort()).toEqual([...before.specialIds].sort());
    expect([after.cleansUpSpaces, before.cleansUpSpaces]).toEqual([false, false]);
    expect((await throughGguf(texts, 700)).cleansUpSpaces).toBe(false);
  });

  it('writes llama.cpp’s kinds of tokens, and fills the rows that no token has', () => {
    const metadata = ggufTokenizer(textsOf('tokenizer-bpe'), 'tokenizer.json', 702) as Map<string, GgufValue>;
    const written = (key: string) => metadata.get(`tokenizer.ggml.${key}`)!.value;
    expect([written('model'), written('pre'), written('bos_token_id')]).toEqual(['gpt2', 'qwen2', 1]);
    const [tokens, types] = [written('tokens') as string[], written('token_type') as number[]];
    expect([tokens.length, types.length]).toEqual([702, 702]);
    expect([types[0], types[20], types[701], tokens[701]]).toEqual([3, 1, 5, '[PAD701]']);
    expect((written('merges') as string[])[0]).toBe('Ġ t');
  });

  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
  const added = { id: 3, content: '<x>', single_word: false, rstrip: false, normalized: false, special: true };
  it.each<[string, TokenizerTexts, string]>([
    ['of another model', changed({}, { type: 'Unigram' }), 'it is no BPE'],
    ['without a byte-level decoder', changed({ decoder: { type: 'Fuse' } }), 'it is not byte-level'],
    ['with byte fallback', changed({}, { byte_fallback: true }), 'it is not byte-level'],
    ['with a normalizer', changed({ normalizer: { type: 'NFC' } }), 'it has a normalizer'],
    ['with marks', changed({}, { end_of_word_suffix: '</w>' }), 'its words have marks'],
    [
      'with another pre-tokenizer',
      changed({ pre_tokenizer: { ...byteLevel, add_prefix_space: true } }),
      'its pre-tokenizer has no name in llama.cpp',
    ],
    [
      'with another post-processor',
      changed({ post_processor: { type: 'BertProcessing' } }),
      'its post-processor has no counterpart',
    ],
    [
      'with tokens that take spaces',
      changed({ added_tokens: [{ ...added, lstrip: true }] }),
      'its added tokens take the space around them',
    ],
  ])('%s stays out', (_, texts, reason) => {
    expect(ggufTokenizer(texts, 'tokenizer.json', 700)).toEqual({ reason });
  });

  it('with more tokens than rows stays out', () => {
    const texts = textsOf('tokenizer-bpe');
    expect(ggufTokenizer(texts, 'tokenizer.json', 699)).toEqual({ reason: 'it has ids past the model’s 699' });
  });

  it.each([
    ['GPT-2’s', byteLevel, false, 'gpt-2'],
    [
      'single digits',
      { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] },
      false,
      'starcoder',
    ],
  ])('knows %s pre-tokenizer', async (_, pre_tokenizer, ignore_merges, name) => {
    const texts = changed({ pre_tokenizer }, { ignore_merges });
    const metadata = ggufTokenizer(texts, 'tokenizer.json', 700) as Map<string, GgufValue>;
    expect(metadata.get('tokenizer.ggml.pre')?.value).toBe(name);
    const [before, after] = [create(texts), await throughGguf(texts, 700)];
    for (const text of samples) expect(after.encode(text)).toEqual(before.encode(text));
  });
});

describe('the tokenizer of a GGUF', () => {
  const text = (value: string): GgufValue => ({ type: 'string', value });
  it.each<[string, [string, GgufValue][], string]>([
    ['none', [], 'the GGUF has no tokenizer inside'],
    ['Unigram', [['model', text('t5')]], 'of kind "t5" (those of kinds gpt2, llama, bert are read)'],
  ])('is not read where it is %s', async (_, pairs, reason) => {
    const metadata = new Map(pairs.map(([key, value]) => [`tokenizer.ggml.${key}`, value]));
    expect(await readBack(metadata)).toEqual({ reason: expect.stringContaining(reason) });
  });

  it.each<[string, GgufValue, string]>([
    ['tokens', { type: 'array', of: 'u8', value: [1] }, 'an array of texts'],
    ['token_type', { type: 'array', of: 'i32', value: [1] }, '700 whole numbers from 0'],
    ['merges', { type: 'u32', value: 1 }, 'an array of texts'],
    ['bos_token_id', { type: 'f32', value: 0.5 }, 'a whole number from 0'],
  ])('has to have %s of the right type', async (key, value, expected) => {
    const metadata = ggufTokenizer(textsOf('tokenizer-bpe'), 'tokenizer.json', 700) as Map<string, GgufValue>;
    metadata.set(`tokenizer.ggml.${key}`, value);
    await expect(readBack(metadata)).rejects.toMatchObject({
      code: 'config',
      fields: { file: 'f.gguf', field: `tokenizer.ggml.${key}`, expected },
    });
  });
});
