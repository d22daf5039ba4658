import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { readDecoder, readPreTokenizer } from './components.js';
import { Tokenizer } from './index.js';
import { readNormalizer } from './normalizers.js';
import { Shape } from './shape.js';

const text = 'ab  c.., a1²٣é_x?! ba\n';

/** What `pre_tokenize_str` of Hugging Face's Rust library (tokenizers 0.21.4) makes of the text. */
const preTokens: [object, string[]][] = [
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'Isolated', invert: false },
    ['ab', ' ', ' ', 'c..,', ' ', 'a1²٣é_x?!', ' ', 'ba\n'],
  ],
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'Removed', invert: false },
    ['ab', 'c..,', 'a1²٣é_x?!', 'ba\n'],
  ],
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
    ['ab ', ' ', 'c.., ', 'a1²٣é_x?! ', 'ba\n'],
  ],
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithNext', invert: false },
    ['ab', ' ', ' c..,', ' a1²٣é_x?!', ' ba\n'],
  ],
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'Contiguous', invert: false },
    ['ab', '  ', 'c..,', ' ', 'a1²٣é_x?!', ' ', 'ba\n'],
  ],
  [
    { type: 'Split', pattern: { String: ' ' }, behavior: 'Isolated', invert: true },
    ['ab', ' ', ' ', 'c..,', ' ', 'a1²٣é_x?!', ' ', 'ba\n'],
  ],
  [{ type: 'Split', pattern: { String: ' ' }, behavior: 'Removed', invert: true }, [' ', ' ', ' ', ' ']],
  [
    { type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'Isolated', invert: false },
    ['a', 'b', '  c.., ', 'a', '1²٣é_x?! ', 'b', 'a', '\n'],
  ],
  [{ type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'Removed', invert: false }, ['  c.., ', '1²٣é_x?! ', '\n']],
  [
    { type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'MergedWithPrevious', invert: false },
    ['a', 'b', '  c.., a', '1²٣é_x?! b', 'a', '\n'],
  ],
  [
    { type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'MergedWithNext', invert: false },
    ['a', 'b  c.., ', 'a1²٣é_x?! ', 'b', 'a\n'],
  ],
  [
    { type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'Contiguous', invert: false },
    ['ab', '  c.., ', 'a', '1²٣é_x?! ', 'ba', '\n'],
  ],
  [
    { type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'Isolated', invert: true },
    ['a', 'b', '  c.., ', 'a', '1²٣é_x?! ', 'b', 'a', '\n'],
  ],
  [{ type: 'Split', pattern: { Regex: 'a|b' }, behavior: 'Removed', invert: true }, ['a', 'b', 'a', 'b', 'a']],
  [{ type: 'Punctuation', behavior: 'Isolated' }, ['ab  c', '.', '.', ',', ' a1²٣é', '_', 'x', '?', '!', ' ba\n']],
  [{ type: 'Punctuation', behavior: 'Contiguous' }, ['ab  c', '..,', ' a1²٣é', '_', 'x', '?!', ' ba\n']],
  [{ type: 'Punctuation', behavior: 'MergedWithPrevious' }, ['ab  c.', '.', ',', ' a1²٣é_', 'x?', '!', ' ba\n']],
  [{ type: 'Punctuation', behavior: 'MergedWithNext' }, ['ab  c', '.', '.', ', a1²٣é', '_x', '?', '! ba\n']],
  [{ type: 'Punctuation', behavior: 'Removed' }, ['ab  c', ' a1²٣é', 'x', ' ba\n']],
  [{ type: 'Digits', individual_digits: false }, ['ab  c.., a', '1²٣', 'é_x?! ba\n']],
  [{ type: 'Digits', individual_digits: true }, ['ab  c.., a', '1', '²', '٣', 'é_x?! ba\n']],
  [{ type: 'Whitespace' }, ['ab', 'c', '..,', 'a1', '²', '٣é_x', '?!', 'ba']],
  [{ type: 'WhitespaceSplit' }, ['ab', 'c..,', 'a1²٣é_x?!', 'ba']],
  [{ type: 'BertPreTokenizer' }, ['ab', 'c', '.', '.', ',', 'a1²٣é', '_', 'x', '?', '!', 'ba']],
  [{ type: 'CharDelimiterSplit', delimiter: 'b' }, ['a', '  c.., a1²٣é_x?! ', 'a\n']],
  [{ type: 'FixedLength', length: 7 }, ['ab  c..', ', a1²٣é', '_x?! ba', '\n']],
  [
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    ['▁ab', '▁', '▁c..,', '▁a1²٣é_x?!', '▁ba\n'],
  ],
  [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false }, ['▁ab▁▁c..,▁a1²٣é_x?!▁ba\n']],
  [
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
    ['▁ab', '▁', '▁c..,', '▁a1²٣é_x?!', '▁ba\n'],
  ],
  [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false }, ['▁ab▁▁c..,▁a1²٣é_x?!▁ba\n']],
  [
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: true },
    ['ab', '▁', '▁c..,', '▁a1²٣é_x?!', '▁ba\n'],
  ],
  [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: false }, ['ab▁▁c..,▁a1²٣é_x?!▁ba\n']],
  [
    { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Digits', individual_digits: true }] },
    ['ab', 'c..,', 'a', '1', '²', '٣', 'é_x?!', 'ba'],
  ],
];

/** The pieces that a pre-tokenizer makes, read off a vocabulary of single characters. */
function piecesOf(pre_tokenizer: object): string[] {
  const vocab: Record<string, number> = { '[UNK]': 0 };
  for (const character of `${text}▁`) {
    vocab[character] ??= Object.keys(vocab).length;
    vocab[`##${character}`] ??= Object.keys(vocab).length;
  }
  const tokenizer = Tokenizer.create({
    name: 'made',
    tokenizer: JSON.stringify({ model: { type: 'WordPiece', vocab }, pre_tokenizer }),
  });
  const pieces: string[] = [];
  for (const id of tokenizer.encode(text)) {
    const token = tokenizer.tokenText(id);
    if (token.startsWith('##')) pieces.push(pieces.pop() + token.slice(2));
    else pieces.push(token);
  }
  return pieces;
}

describe('pre-tokenizers split as the original does', () => {
  it.each(preTokens)('%j', (preTokenizer, pieces) => {
    expect(piecesOf(preTokenizer)).toEqual(pieces);
  });

  it('with the built-in pattern of byte-level ones, with and without a prefix', () => {
    const split = (add_prefix_space: boolean) => readPreTokenizer(shape, { type: 'ByteLevel', add_prefix_space });
    expect(split(false)).toMatchObject({ type: 'Sequence', pretokenizers: [{ type: 'Split' }, { use_regex: false }] });
    expect(split(true)).toEqual({ type: 'ByteLevel', add_prefix_space: true, use_regex: true });
  });

  it('with the older name of the prefix scheme', () => {
    const metaspace = { type: 'Metaspace', add_prefix_space: false, split: false };
    expect(readPreTokenizer(shape, metaspace)).toMatchObject({ prepend_scheme: 'never' });
  });
});

const shape = new Shape('made');

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isJambalayaError(error, 'tokenizer')) return error.fields.reason;
    throw error;
  }
  throw new Error('expected an error');
}

/** A part that holds another, `depth` times over. */
function nested(field: string, depth: number): object {
  return depth === 0 ? { type: 'Sequence', [field]: [] } : { type: 'Sequence', [field]: [nested(field, depth - 1)] };
}

describe('parts that are refused', () => {
  const regex = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Removed' });

  it.each([
    [{ type: 'UnicodeScripts' }, 'unknown pre-tokenizer "UnicodeScripts"'],
    [{ type: 'toString' }, 'unknown pre-tokenizer "toString"'],
    [{ type: 5 }, 'pre_tokenizer.type: expected a string, found 5'],
    ['ByteLevel', 'pre_tokenizer: expected an object, found "ByteLevel"'],
    [{ type: 'Sequence', pretokenizers: {} }, 'pre_tokenizer.pretokenizers: expected a list, found an object'],
    [{ type: 'Sequence', pretokenizers: [null] }, 'pretokenizers[0]: expected an object, found null'],
    [nested('pretokenizers', 20), 'nested more than 8 deep'],
    [{ type: 'FixedLength', length: 0 }, 'length: expected an integer from 1'],
    [{ type: 'Split', behavior: 'Isolated', pattern: {} }, 'pattern.String: expected a string'],
    [{ ...regex('a'), behavior: 'Sideways' }, 'behavior Sideways is not supported'],
    [{ ...regex('a'), behavior: 'Contiguous', invert: true }, '(inverted) is not supported'],
    [regex('(a)|b'), 'capturing groups'],
    [regex('(?<name>a)'), 'capturing groups'],
    [regex('a'.repeat(20_000)), 'at most 10000 characters'],
    [{ type: 'Metaspace', replacement: '__' }, 'expected one character'],
    [{ type: 'Metaspace', prepend_scheme: 'last' }, 'expected always, first or never'],
  ])('pre-tokenizer %j', (part, reason) => {
    expect(refusal(() => readPreTokenizer(shape, part))).toContain(reason);
  });

  it('but not a group that captures nothing', () => {
    for (const pattern of ['(?:a)', '\\(a', '(?<=a)b', '(?i:a)']) readPreTokenizer(shape, regex(pattern));
  });

  it.each([
    [{ type: 'Other' }, 'unknown normalizer "Other"'],
    [{ type: 'Strip', strip_left: 'yes' }, 'expected true or false'],
    [{ type: 'BertNormalizer', lowercase: 1 }, 'expected true or false'],
    [{ type: 'Precompiled', precompiled_charsmap: 'AAA' }, 'expected a table of its own size'],
    [{ type: 'Precompiled', precompiled_charsmap: '?' }, 'expected base64'],
    [{ type: 'Replace', pattern: { String: '' }, content: 'a' }, 'not empty'],
    [{ type: 'Replace', pattern: { String: 'a' }, content: 'b'.repeat(100) }, '100 times as long'],
    [{ type: 'Prepend', prepend: 'b'.repeat(300) }, 'at most 256 characters'],
    [{ type: 'Sequence', normalizers: Array(7).fill({ type: 'Prepend', prepend: '_' }) }, '128 times as long'],
    [nested('normalizers', 20), 'nested more than 8 deep'],
  ])('normalizer %j', (part, reason) => {
    expect(refusal(() => readNormalizer(shape, part))).toContain(reason);
  });

  it.each([
    [{ type: 'Other' }, 'unknown decoder "Other"'],
    [{ type: 'Strip', content: ' ', start: -1, stop: 0 }, 'decoder.start: expected an integer from 0'],
    [{ type: 'BPEDecoder', suffix: '' }, 'decoder.suffix'],
    [{ type: 'Replace', pattern: { Regex: 'a' }, content: 'b'.repeat(100) }, '101 times as long'],
    [nested('decoders', 20), 'nested more than 8 deep'],
  ])('decoder %j', (part, reason) => {
    expect(refusal(() => readDecoder(shape, part))).toContain(reason);
  });
});

describe('replacements', () => {
  it('take a dollar sign as it stands', () => {
    const normalizer = { type: 'Replace', pattern: { String: 'a' }, content: '$&' };
    const model = { type: 'BPE', vocab: { a: 0, $: 1, '&': 2 }, merges: [] };
    const tokenizer = Tokenizer.create({ name: 'made', tokenizer: JSON.stringify({ model, normalizer }) });
    expect(tokenizer.encode('a')).toEqual([1, 2]);
  });

  it('say how much longer they can make a text', () => {
    const replace = (pattern: object, content: string) => ({ type: 'Replace', pattern, content });
    expect(readNormalizer(shape, null)).toBe(undefined);
    expect(readNormalizer(shape, replace({ String: ' ' }, '▁'))?.growth).toBe(1);
    expect(readNormalizer(shape, replace({ String: 'ab' }, 'cdef'))?.growth).toBe(2);
    expect(readNormalizer(shape, replace({ Regex: 'x*' }, 'cd'))?.growth).toBe(3);
  });
});

describe('decoders that a stream can follow', () => {
  const replace = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  const strip = (start: number, stop: number) => ({ type: 'Strip', content: ' ', start, stop });
  const [fuse, fallback, bytes] = [{ type: 'Fuse' }, { type: 'ByteFallback' }, { type: 'ByteLevel' }];
  const sequence = (...decoders: object[]) => ({ type: 'Sequence', decoders });

  it.each([
    [null, true],
    [bytes, true],
    [{ type: 'WordPiece' }, true],
    [{ type: 'Metaspace' }, true],
    [sequence(replace, fallback, fuse, strip(1, 0)), true],
    [sequence(replace, strip(9, 9), fuse), true],
    [sequence(replace, fallback, fuse, strip(1, 1)), false],
    [sequence(replace, fallback, fuse, strip(9, 0)), false],
    [sequence(fallback, strip(1, 0)), false],
    [sequence(fuse, replace), false],
    [sequence(bytes, replace), false],
    [{ type: 'BPEDecoder' }, false],
    [{ type: 'CTC' }, false],
  ])('%j: %s', (decoder, isLocal) => {
    expect(readDecoder(shape, decoder).isLocal).toBe(isLocal);
  });

  it('and those that need a deadline', () => {
    expect(readDecoder(shape, sequence(replace)).hasPattern).toBe(false);
    expect(readDecoder(shape, { ...replace, pattern: { Regex: 'a+' } }).hasPattern).toBe(true);
  });
});
