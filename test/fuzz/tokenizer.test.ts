/**
 * Damaged and hostile tokenizer files: each gives a working tokenizer or a `JambalayaError`.
 *
 * `JAMBALAYA_FUZZ_COUNT` is the number of files (2,000 unless set), `JAMBALAYA_FUZZ_SEED` the first seed; a failure
 * names the seed of its file.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../src/errors/index.js';
import { TextStream, Tokenizer } from '../../src/tokenizers/index.js';

const count = Number(process.env.JAMBALAYA_FUZZ_COUNT ?? 2000);
const firstSeed = Number(process.env.JAMBALAYA_FUZZ_SEED ?? 1);
/** Short, since some of the files use it up; nothing that is right needs to fit in. */
const shortDeadline = 100;

/** Numbers in [0, 1) from a 32-bit state (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const below = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Container = Json[] | { [key: string]: Json };

const sample = (path: string) => readFileSync(path, 'utf8');
const byteTokens = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const pieces = ['<unk>', '<s>', '\u2581', 'a', 'b', 'ab', '\u2581a', ...byteTokens];
const vocabulary = (tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));
const special = (id: number, content: string) => ({ id, content, special: true, normalized: false });

/** One file of each model, besides those of the fixtures. */
const samples: string[] = [
  sample('test/fixtures/golden/tokenizer-bpe/tokenizer.json'),
  sample('models/char-shakespeare/tokenizer.json'),
  JSON.stringify({
    added_tokens: [special(0, '<unk>'), special(1, '<s>')],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '\u2581' },
        { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: {},
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      vocab: vocabulary(pieces),
      merges: ['a b', '\u2581 a'],
      unk_token: '<unk>',
      byte_fallback: true,
      fuse_unk: true,
    },
  }),
  JSON.stringify({
    added_tokens: [special(0, '[UNK]'), special(1, '[CLS]'), special(2, '[SEP]')],
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', 1], sep: ['[SEP]', 2] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: vocabulary(['[UNK]', '[CLS]', '[SEP]', 'a', '##a', '##b', 'word', '.']),
    },
  }),
  JSON.stringify({
    added_tokens: [special(0, '<unk>')],
    normalizer: { type: 'Precompiled', precompiled_charsmap: '' },
    pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'first', split: true },
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'first', split: true },
    model: { type: 'Unigram', unk_id: 0, vocab: pieces.slice(0, 7).map((piece, index) => [piece, -index]) },
  }),
];

const patterns = [
  '^(a+)+$',
  '(a|a)*c',
  '(a*)*b',
  '([\\s\\S]*)*x',
  '(?<=(a+)+)b',
  '(a{1,30}){1,30}c',
  '((a{2}){2}){2}',
  'a{99999}',
  '(',
  '[',
  '[z-a]',
  '\\',
  '\\p{Nothing}',
  '(?<n>a)\\k<n>',
  '',
  '(?:)',
  'x'.repeat(20_000),
  '(?:'.repeat(3000),
  '['.repeat(300),
];
/** Kinds that each part of a file can be of, and one that it cannot. */
const types: { readonly [part: string]: string } = {
  normalizer: 'Sequence BertNormalizer Precompiled Replace NFC NFD NFKC NFKD Strip StripAccents Lowercase Prepend Nmt',
  pre_tokenizer:
    'Sequence ByteLevel Split Metaspace Punctuation Digits Whitespace WhitespaceSplit CharDelimiterSplit FixedLength BertPreTokenizer x',
  post_processor: 'Sequence ByteLevel TemplateProcessing BertProcessing RobertaProcessing x',
  decoder: 'Sequence ByteLevel WordPiece Metaspace BPEDecoder CTC Replace Strip ByteFallback Fuse x',
  model: 'BPE WordPiece Unigram WordLevel',
};
const odd: Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1e9,
  1e300,
  2 ** 31,
  2 ** 21,
  '',
  'a',
  ' ',
  '$&',
  '\u2581',
  '__proto__',
  'constructor',
  '\uD800',
  '\u0000',
  'a'.repeat(300),
  [],
  {},
  [[]],
  [null],
  ['a', 'b'],
  { Regex: 'a' },
  { String: '' },
  { String: 'a' },
  { type: 'ByteLevel' },
];

/** Every list and object of a value. */
function containers(value: Json, found: Container[] = []): Container[] {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value);
  for (const child of Object.values(value)) containers(child, found);
  return found;
}

/** Changes one thing in a file, in one of its parts: the vocabulary is most of the bytes and little of the variety. */
function mutate(json: { [key: string]: Json }, random: Random): void {
  if (random() < 0.3) {
    changePattern(json, random);
    return;
  }
  const name = pick(random, Object.keys(json));
  const part = json[name];
  const all = containers(typeof part === 'object' && random() < 0.95 ? part : json);
  if (all.length === 0) all.push(json);
  // Lists and objects with few members say more than those with many, and come after them.
  const few = all.filter((container) => Object.keys(container).length < 40).slice(0, random() < 0.5 ? 4 : undefined);
  const container = pick(random, few.length === 0 ? all : few) as { [key: string]: Json };
  const keys = Object.keys(container);
  const key = keys.length === 0 ? 'type' : pick(random, keys);
  const choice = random();
  if (choice < 0.1) delete container[key];
  else if (choice < 0.2) container[key] = structuredClone(pick(random, all));
  else if (choice < 0.3 && all.length > 1) container[key] = structuredClone(container[pick(random, keys)] ?? null);
  else if (choice < 0.4) container.type = pick(random, (types[name] ?? 'x').split(' '));
  else if (choice < 0.6 && typeof container[key] === 'number') container[key] += pick(random, [-1, 1, 0.5, 1e6, -1e6]);
  else if (choice < 0.75 && typeof container[key] === 'string') container[key] = damage(container[key], random);
  else container[key] = structuredClone(pick(random, odd));
}

/** Puts a hostile pattern where the file has one, or where it could have one. */
function changePattern(json: { [key: string]: Json }, random: Random): void {
  const pattern = { Regex: pick(random, patterns) };
  const behavior = pick(random, ['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']);
  const part: Json = {
    type: pick(random, ['Split', 'Replace']),
    pattern,
    behavior,
    content: pick(random, ['', 'a', 'bb']),
    invert: false,
  };
  const place = pick(random, ['normalizer', 'pre_tokenizer', 'decoder']);
  json[place] = part;
}

function damage(text: string, random: Random): string {
  const units = [...text];
  for (let changes = 1 + below(random, 3); changes > 0; changes--) {
    const place = below(random, units.length + 1);
    const choice = random();
    if (choice < 0.4) units.splice(place, 1 + below(random, 4));
    else if (choice < 0.8)
      units.splice(place, random() < 0.5 ? 1 : 0, String.fromCharCode(below(random, random() < 0.8 ? 128 : 65_536)));
    else if (choice < 0.9) units.splice(place, 0, ...units.slice(place, place + below(random, 50)));
    else units.length = place;
  }
  return units.join('');
}

const texts = [
  '',
  'Hello, world!',
  `${'a'.repeat(40)}b`,
  ' \n\t<s><|endoftext|>[CLS]',
  'caf\u00e9 \u65e5\u672c \u{1F600} \uD800 \u0000',
  'word .',
];

/** Uses the file in every way; throws what is no `JambalayaError`. Returns whether it made a tokenizer. */
function exercise(tokenizer: string, config: string, deadlineMilliseconds = shortDeadline): boolean {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (isJambalayaError(error)) return undefined;
      throw error;
    }
  };
  const made = attempt(() => Tokenizer.create({ name: 'fuzzed', tokenizer, config }, { deadlineMilliseconds }));
  if (made === undefined) return false;
  for (const text of texts) {
    const ids = attempt(() => made.encode(text, { addSpecialTokens: true, parseSpecial: text.length % 2 === 0 }));
    if (ids === undefined) continue;
    for (const id of ids) expect(made.tokenText(id)).toBeTypeOf('string');
    const whole = attempt(() => made.decode(ids));
    if (whole === undefined) continue;
    expect(whole).toBeTypeOf('string');
    const stream = new TextStream(made);
    const streamed = attempt(() => ids.map((id) => stream.push([id])).join('') + stream.flush());
    if (streamed !== undefined) expect(streamed).toBe(whole);
  }
  attempt(() => made.decode([0, 1, made.vocabularySize, 2 ** 40, 5, 5]));
  if (made.hasChatTemplate)
    attempt(() => made.renderChat([{ role: 'user', content: 'Hi' }], { tools: [{ type: 'function' }] }));
  return true;
}

const plainConfig = sample('test/fixtures/golden/tokenizer-bpe/tokenizer_config.json');

/** A file with one to four changes, as JSON or as text, and a configuration that is changed now and then. */
function fuzzed(seed: number): { tokenizer: string; config: string } {
  const random = generator(seed);
  let tokenizer = pick(random, samples);
  if (random() < 0.85) {
    const json = JSON.parse(tokenizer) as { [key: string]: Json };
    const changes = random() < 0.7 ? 1 : 2 + below(random, 3);
    for (let change = 0; change < changes; change++) mutate(json, random);
    tokenizer = JSON.stringify(json);
  } else {
    tokenizer = damage(tokenizer, random);
  }
  return { tokenizer, config: random() < 0.2 ? damage(plainConfig, random) : plainConfig };
}

describe('tokenizer files', () => {
  it('are all taken as they were', () => {
    for (const tokenizer of samples) expect(exercise(tokenizer, plainConfig, 10_000)).toBe(true);
  });

  it(
    `give a tokenizer or a typed error: ${count} from seed ${firstSeed}`,
    () => {
      let working = 0;
      for (let seed = firstSeed; seed < firstSeed + count; seed++) {
        const { tokenizer, config } = fuzzed(seed);
        try {
          if (exercise(tokenizer, config)) working++;
        } catch (cause) {
          throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
      }
      // A fuzzer that breaks everything, or nothing, looks at one half of the code only.
      expect(working).toBeGreaterThan(count / 10);
      expect(working).toBeLessThan((count * 9) / 10);
    },
    60_000 + count * 500,
  );
});
