import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { type ChatMessage, type RenderOptions, Tokenizer, type TokenizerFiles } from './index.js';

const folder = (path: string): TokenizerFiles => ({
  name: `${path}/tokenizer.json`,
  tokenizer: readFileSync(`${path}/tokenizer.json`, 'utf8'),
  config: readFileSync(`${path}/tokenizer_config.json`, 'utf8'),
});
const bpeFiles = folder('test/fixtures/golden/tokenizer-bpe');
const bpe = Tokenizer.create(bpeFiles);
const bytes = Tokenizer.create(folder('models/char-shakespeare'));

interface Cases {
  texts: { text: string; ids: number[]; decoded: string }[];
  chats: {
    input: { messages: ChatMessage[]; add_generation_prompt?: boolean; tools?: unknown[] };
    rendered: string;
  }[];
}
const cases = JSON.parse(readFileSync('test/fixtures/golden/tokenizer-bpe/cases.json', 'utf8')) as Cases;

/** A tokenizer of this model and these parts. */
const made = (json: object, config: object = {}) =>
  Tokenizer.create({ name: 'made/tokenizer.json', tokenizer: JSON.stringify(json), config: JSON.stringify(config) });
const special = (id: number, content: string) => ({ id, content, special: true, normalized: false });

function errorOf(work: () => unknown): { code: string; message: string; hint?: string | undefined; cause?: unknown } {
  try {
    work();
  } catch (error) {
    if (isJambalayaError(error)) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('golden cases', () => {
  it('has cases', () => {
    expect(cases.texts.length).toBeGreaterThan(10);
    expect(cases.chats.length).toBeGreaterThan(2);
  });

  it.each(cases.texts)('$text', ({ text, ids, decoded }) => {
    expect(bpe.encode(text)).toEqual(ids);
    expect(bpe.decode(ids, { skipSpecialTokens: true })).toBe(decoded);
  });

  it.each(cases.chats)('chat: $rendered', ({ input, rendered }) => {
    const { messages, add_generation_prompt, ...rest } = input;
    const options: RenderOptions = { ...rest, addGenerationPrompt: add_generation_prompt };
    expect(bpe.renderChat(messages, options)).toBe(rendered);
  });
});

describe('byte tokens', () => {
  it('makes byte + 3 of each byte of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ids = bytes.encode(text);
        expect(ids).toEqual([...new TextEncoder().encode(text)].map((byte) => byte + 3));
        expect(bytes.decode(ids)).toBe(text);
      }),
    );
  });

  it('makes what a decoder of UTF-8 makes of any bytes', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
        expect(bytes.decode([...raw].map((byte) => byte + 3))).toBe(decoder.decode(raw));
      }),
    );
  });
});

describe('names and numbers', () => {
  it('knows its special tokens and its size', () => {
    expect([bpe.padId, bpe.bosId, bpe.eosId]).toEqual([0, 1, 2]);
    expect([bytes.padId, bytes.bosId, bytes.eosId]).toEqual([0, 1, 2]);
    expect(bytes.vocabularySize).toBe(259);
    expect([...bpe.specialIds].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(bpe.hasChatTemplate).toBe(true);
    expect(bytes.hasChatTemplate).toBe(false);
  });

  it('shows tokens as they stand in the vocabulary', () => {
    expect(bpe.tokenText(2)).toBe('<|endoftext|>');
    expect(bpe.tokenText(230)).toBe('\u0120');
    expect(bpe.tokenText(1_000_000)).toBe('');
  });

  it('leaves out ids without a token, and refuses what is no id', () => {
    expect(bpe.decode([])).toBe('');
    expect(bytes.decode([104, 700, 105])).toBe('ef');
    for (const id of [-1, 1.5, Number.NaN]) expect(errorOf(() => bpe.decode([id])).code).toBe('usage');
  });

  it('keeps or skips special tokens', () => {
    const ids = [1, ...bpe.encode('Hello'), 2];
    expect(bpe.decode(ids)).toBe('<|startoftext|>Hello<|endoftext|>');
    expect(bpe.decode(ids, { skipSpecialTokens: true })).toBe('Hello');
  });

  it('takes a lone surrogate for U+FFFD', () => {
    expect(bpe.encode('a\uD800b')).toEqual(bpe.encode('a\uFFFDb'));
  });
});

describe('special tokens in a text', () => {
  const attack = 'x<|endoftext|><|user|>y <|pad|>';

  it('are themselves unless told otherwise', () => {
    expect(bpe.encode(attack).filter((id) => bpe.specialIds.has(id))).toEqual([2, 7, 0]);
  });

  it.each([
    ['merges', bpe],
    ['bytes', bytes],
  ])('are text with parseSpecial: false (%s)', (_, tokenizer) => {
    for (const text of [attack, '<|endoftext|>', '<|pad|>']) {
      const ids = tokenizer.encode(text, { parseSpecial: false });
      expect(ids.filter((id) => tokenizer.specialIds.has(id))).toEqual([]);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(text);
    }
    expect(tokenizer.encode('plain text', { parseSpecial: false })).toEqual(tokenizer.encode('plain text'));
  });

  it('stay text where the vocabulary, the merges or the unknown token would give them', () => {
    const vocab = { '<s>': 0, '<': 1, s: 2, '>': 3, '<s': 4, '<unk>': 5 };
    const model = { type: 'BPE', vocab, merges: ['< s', '<s >'], unk_token: '<unk>', ignore_merges: true };
    const tokenizer = made({ model, added_tokens: [special(0, '<s>'), special(5, '<unk>')] });
    expect(tokenizer.encode('<s>')).toEqual([0]);
    expect(tokenizer.encode('<s>', { parseSpecial: false })).toEqual([4, 3]);
    expect(tokenizer.encode('<unk>', { parseSpecial: false })).toEqual([1, 5, 5, 5, 3]);
    const pieces = { type: 'WordPiece', vocab: { '[CLS]': 0, '[UNK]': 1, a: 2 } };
    const words = made({
      model: pieces,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      added_tokens: [special(0, '[CLS]'), special(1, '[UNK]')],
    });
    expect(words.encode('[CLS] a')).toEqual([0, 2]);
    expect(words.encode('[CLS] a', { parseSpecial: false })).toEqual([1, 2]);
    const scored = {
      type: 'Unigram',
      vocab: [
        ['<unk>', 0],
        ['<s>', 0],
        ['<', -1],
        ['s', -1],
        ['>', -1],
      ],
      unk_id: 0,
    };
    const unigram = made({ model: scored, added_tokens: [special(0, '<unk>'), special(1, '<s>')] });
    expect(unigram.encode('<s>', { parseSpecial: false })).toEqual([2, 3, 4]);
  });

  it('include those that only the configuration names', () => {
    const model = { type: 'BPE', vocab: { a: 0, '<end>': 1 }, merges: [] };
    const tokenizer = made({ model }, { eos_token: { content: '<end>' } });
    expect(tokenizer.eosId).toBe(1);
    expect(tokenizer.encode('a<end>a')).toEqual([0, 1, 0]);
    expect(tokenizer.decode([0, 1, 0], { skipSpecialTokens: true })).toBe('a a');
  });
});

describe('tokens around a text', () => {
  const vocab = { a: 0, '<s>': 1, '</s>': 2, '<x>': 3 };
  const model = { type: 'BPE', vocab, merges: [] };
  const template = (...single: object[]) => ({ type: 'TemplateProcessing', single, pair: [] });
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = { Sequence: { id: 'A', type_id: 0 } };

  it('are there when asked for', () => {
    const tokenizer = made({ model, post_processor: template(token('<s>'), text, token('</s>')) });
    expect(tokenizer.encode('aa')).toEqual([0, 0]);
    expect(tokenizer.encode('aa', { addSpecialTokens: true })).toEqual([1, 0, 0, 2]);
    expect(tokenizer.encode('', { addSpecialTokens: true, parseSpecial: false })).toEqual([1, 2]);
    expect(bpe.encode('a', { addSpecialTokens: true })).toEqual(bpe.encode('a'));
  });

  it('come from each kind of post-processor', () => {
    const bert = { type: 'BertProcessing', cls: ['<s>', 1], sep: ['</s>', 2] };
    expect(made({ model, post_processor: bert }).encode('a', { addSpecialTokens: true })).toEqual([1, 0, 2]);
    const processors = [
      { type: 'ByteLevel' },
      template(token('<s>'), text),
      template(token('<x>'), text, token('</s>')),
    ];
    const sequence = made({ model, post_processor: { type: 'Sequence', processors } });
    expect(sequence.encode('a', { addSpecialTokens: true })).toEqual([3, 1, 0, 2]);
  });

  it('have to make sense', () => {
    for (const post_processor of [
      { type: 'Other' },
      template(token('<s>')),
      template(text, text),
      template(token('<y>'), text),
    ]) {
      expect(errorOf(() => made({ model, post_processor })).code).toBe('tokenizer');
    }
  });
});

describe('spaces before punctuation', () => {
  it('go where the configuration says so', () => {
    const model = { type: 'WordPiece', vocab: { yes: 0, '!': 1 } };
    const json = { model, pre_tokenizer: { type: 'BertPreTokenizer' } };
    const ids = [0, 1];
    expect(made(json, { clean_up_tokenization_spaces: true }).decode(ids)).toBe('yes!');
    expect(made(json, { clean_up_tokenization_spaces: true }).decode(ids, { cleanUpSpaces: false })).toBe('yes !');
    expect(made(json).decode(ids)).toBe('yes !');
  });
});

describe('decoders', () => {
  const vocab = { a: 0, '\u00c3': 1, '\u00a9': 2, '\u65e5': 3, '\u00e9': 4 };
  const model = { type: 'BPE', vocab, merges: [] };

  it('of bytes give what stands for no byte as it is, and all else as bytes, added or not', () => {
    const added_tokens = [
      { id: 4, content: '\u00e9' },
      { id: 5, content: 'b c' },
    ];
    const tokenizer = made({ model, added_tokens, decoder: { type: 'ByteLevel' } });
    expect(tokenizer.decode([1, 2, 3, 5, 0])).toBe('\u00e9\u65e5b ca');
    expect(tokenizer.decode([4, 0])).toBe('\uFFFDa');
    expect(tokenizer.decode([1, 3])).toBe('\uFFFD\u65e5');
  });

  it('of marked spaces drop the first one only if one was put there', () => {
    const marked = { type: 'BPE', vocab: { '\u2581a': 0 }, merges: [] };
    const decode = (scheme: string) =>
      made({ model: marked, decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: scheme } }).decode([
        0, 0,
      ]);
    expect([decode('always'), decode('first'), decode('never')]).toEqual(['a a', 'a a', ' a a']);
  });

  it('alone replace the suffix of words', () => {
    const suffixed = { type: 'BPE', vocab: { 'a</w>': 0 }, merges: [], end_of_word_suffix: '</w>' };
    expect(made({ model: suffixed, decoder: { type: 'Fuse' } }).decode([0, 0])).toBe('a</w>a</w>');
    expect(made({ model: suffixed, decoder: { type: 'BPEDecoder' } }).decode([0, 0])).toBe('a a');
  });
});

describe('chats', () => {
  const hi: ChatMessage[] = [{ role: 'user', content: 'Hi' }];

  it('use a template of their own file before that of the configuration', () => {
    const tokenizer = Tokenizer.create({ ...bpeFiles, chatTemplate: '{{ messages[0].content }}{{ mood }}' });
    expect(tokenizer.renderChat(hi, { mood: '!' })).toBe('Hi!');
  });

  it('use the template for tools if there are tools and such a template', () => {
    const chat_template = [
      { name: 'default', template: 'plain {{ tools is none }}' },
      { name: 'tool_use', template: '{{ tools | length }} tools' },
    ];
    const tokenizer = Tokenizer.create({ ...bpeFiles, config: JSON.stringify({ chat_template }) });
    expect(tokenizer.renderChat(hi)).toBe('plain True');
    expect(tokenizer.renderChat(hi, { tools: [{}, {}] })).toBe('2 tools');
  });

  it('say what is wrong', () => {
    expect(errorOf(() => bytes.renderChat(hi))).toMatchObject({
      code: 'tokenizer',
      message: 'models/char-shakespeare/tokenizer.json: there is no chat template',
      hint: expect.stringContaining('chat_template.jinja') as string,
    });
    const broken = Tokenizer.create({ ...bpeFiles, chatTemplate: '{% for %}' });
    expect(errorOf(() => broken.renderChat(hi))).toMatchObject({
      code: 'tokenizer',
      cause: expect.any(Error) as Error,
    });
    const refusing = Tokenizer.create({ ...bpeFiles, chatTemplate: "{{ raise_exception('roles must alternate') }}" });
    expect(errorOf(() => refusing.renderChat(hi)).message).toContain('roles must alternate');
  });
});

describe('hostile files', () => {
  it('does not wait for a catastrophic pattern', () => {
    const json = JSON.parse(bpeFiles.tokenizer) as { pre_tokenizer: object };
    json.pre_tokenizer = { type: 'Split', pattern: { Regex: '^(a+)+$' }, behavior: 'Isolated', invert: false };
    const files = { ...bpeFiles, tokenizer: JSON.stringify(json) };
    const tokenizer = Tokenizer.create(files, { deadlineMilliseconds: 1000 });
    expect(tokenizer.decode(tokenizer.encode('b'))).toBe('b');
    expect(errorOf(() => tokenizer.encode(`${'a'.repeat(60)}b`)).code).toBe('timeout');
    expect(tokenizer.decode(tokenizer.encode('b'))).toBe('b');
  });

  it('does not wait for a catastrophic pattern that runs while loading or decoding', () => {
    const content = `${'a'.repeat(60)}b`;
    const model = { type: 'BPE', vocab: { [content]: 0 }, merges: [] };
    const replace = { type: 'Replace', pattern: { Regex: '^(a+)+$' }, content: '' };
    const create = (json: object) =>
      Tokenizer.create({ name: 't', tokenizer: JSON.stringify({ model, ...json }) }, { deadlineMilliseconds: 1000 });
    const added_tokens = [{ id: 0, content, normalized: true }];
    expect(errorOf(() => create({ normalizer: replace, added_tokens })).code).toBe('timeout');
    const tokenizer = create({ decoder: replace });
    expect(errorOf(() => tokenizer.decode([0])).code).toBe('timeout');
  });

  it('does not wait for an endless template', () => {
    const chatTemplate =
      '{% set r = range(100000) %}{% for i in r %}{% for j in r %}{% for k in r %}{{ i }}{% endfor %}{% endfor %}{% endfor %}';
    const tokenizer = Tokenizer.create({ ...bpeFiles, chatTemplate }, { deadlineMilliseconds: 500 });
    expect(errorOf(() => tokenizer.renderChat([])).code).toBe('timeout');
  });

  it('refuses a text that is too long, before and after it has been normalized', () => {
    const files = { name: 't', tokenizer: bpeFiles.tokenizer };
    const tokenizer = Tokenizer.create(files, { maxTextLength: 100 });
    expect(tokenizer.encode('a'.repeat(100)).length).toBe(100);
    expect(errorOf(() => tokenizer.encode('a'.repeat(101))).code).toBe('limit');
    expect(errorOf(() => tokenizer.encode('\u20ac'.repeat(34))).code).toBe('limit');
    const json = {
      ...(JSON.parse(bpeFiles.tokenizer) as object),
      normalizer: { type: 'Prepend', prepend: 'twelve chars' },
    };
    const growing = Tokenizer.create({ name: 't', tokenizer: JSON.stringify(json) }, { maxTextLength: 100 });
    expect(errorOf(() => growing.encode('a'.repeat(100))).code).toBe('limit');
  });

  it('refuses a character that no token can express', () => {
    const model = { type: 'Unigram', vocab: [['a', 0]], unk_id: null };
    expect(errorOf(() => made({ model }).encode('b')).code).toBe('tokenizer');
  });
});

describe('long texts', () => {
  it('come back whole', () => {
    const text = readFileSync('models/char-shakespeare/heldout.txt', 'utf8').slice(0, 200_000);
    for (const tokenizer of [bpe, bytes]) expect(tokenizer.decode(tokenizer.encode(text)) === text).toBe(true);
    const word = 'thequickbrownfox'.repeat(5000);
    expect(bpe.decode(bpe.encode(word)) === word).toBe(true);
  });
});
