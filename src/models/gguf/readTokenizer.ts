/** The tokenizer inside of a GGUF as the files that a folder would have: one reader for each of llama.cpp's kinds. */
import type { GgufFile, JsonObject } from '../../formats/index.js';
import { GgufFields } from './fields.js';
import { preTokenizerNamed } from './preTokenizers.js';
import {
  addedTokens,
  cleanUpKey,
  surroundings,
  tokenizerKey,
  tokenTypes,
  usedTokens,
  type Vocabulary,
  vocabularyOf,
} from './vocabulary.js';

/** The files of a tokenizer as text. */
export interface TokenizerTexts {
  readonly tokenizer: string;
  readonly config?: string | undefined;
  readonly chatTemplate?: string | undefined;
}

/** What of a `tokenizer.json` depends on the kind, or why it cannot be read. */
type ReadKind = (vocabulary: Vocabulary) => JsonObject | { readonly reason: string };

const kinds: Readonly<Record<string, ReadKind>> = { gpt2: byteLevel, llama: sentencePiece, bert: wordPiece };

/** The tokenizer inside of a file as the texts of its files, or why there is none that can be read. */
export function tokenizerOfGguf(gguf: GgufFile): TokenizerTexts | { readonly reason: string } {
  const fields = new GgufFields(gguf);
  const kind = fields.text(tokenizerKey('model')) ?? 'none';
  if (kind === 'none' || kind === 'no_vocab') return { reason: 'the GGUF has no tokenizer inside' };
  if (!Object.hasOwn(kinds, kind)) {
    const known = Object.keys(kinds).join(', ');
    return { reason: `the GGUF’s tokenizer is of kind "${kind}" (those of kinds ${known} are read)` };
  }
  const vocabulary = vocabularyOf(gguf);
  const parts = kinds[kind]!(vocabulary);
  if (typeof parts.reason === 'string') return { reason: parts.reason };
  return {
    tokenizer: JSON.stringify({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(vocabulary),
      ...parts,
    }),
    config: JSON.stringify({
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...vocabulary.named,
      clean_up_tokenization_spaces: fields.flag(cleanUpKey) ?? false,
    }),
    chatTemplate: fields.text('tokenizer.chat_template'),
  };
}

/** What comes before and after a text, if the file says so. */
function around({ fields, named, tokens }: Vocabulary, bosByDefault: boolean) {
  const bos = (fields.flag(tokenizerKey('add_bos_token')) ?? bosByDefault) ? named.bos_token : undefined;
  const end = fields.flag(tokenizerKey('add_eos_token')) ? named.eos_token : undefined;
  return surroundings(bos, end, tokens);
}

const plainBpe = {
  type: 'BPE',
  dropout: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
} as const;

/** Byte-level BPE: merges in their order, and a name for the pre-tokenizer. */
function byteLevel(vocabulary: Vocabulary): JsonObject | { readonly reason: string } {
  const { fields } = vocabulary;
  const name = fields.text(tokenizerKey('pre')) ?? 'default';
  const pre = preTokenizerNamed(name);
  if (pre === undefined) return { reason: `the GGUF’s pre-tokenizer "${name}" is not known` };
  return {
    normalizer: null,
    pre_tokenizer: pre.json,
    post_processor: around(vocabulary, pre.addsBos),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...plainBpe,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: pre.ignoreMerges,
      vocab: Object.fromEntries(usedTokens(vocabulary)),
      merges: fields.texts(tokenizerKey('merges')),
    },
  };
}

/** SentencePiece's mark of a space. */
const mark = '\u2581';

/**
 * SentencePiece's BPE: of all neighbours that make a token the one of the highest score is merged, so that the merges are the
 * ways to cut each token in two, by falling scores. What no token has becomes bytes.
 */
function sentencePiece(vocabulary: Vocabulary): JsonObject {
  const { fields, tokens, types, named } = vocabulary;
  const scores = fields.numbers(tokenizerKey('scores'), tokens.length);
  const prefixed = fields.flag(tokenizerKey('add_space_prefix')) ?? true;
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: mark };
  return {
    normalizer: prefixed ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: mark }, replace] } : replace,
    pre_tokenizer: null,
    post_processor: around(vocabulary, true),
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: mark }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefixed ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...plainBpe,
      unk_token: named.unk_token ?? null,
      fuse_unk: true,
      byte_fallback: types.includes(tokenTypes.byte),
      ignore_merges: false,
      vocab: Object.fromEntries(usedTokens(vocabulary)),
      merges: mergesOf(tokens, types, scores),
    },
  };
}

/** Tokens longer than this are taken as a whole nowhere: nobody merges so far, and their cuts would fill the memory. */
const longestMerge = 128;

function mergesOf(tokens: readonly string[], types: readonly number[], scores: readonly number[]): string[][] {
  const mergeable = (id: number) => types[id] === tokenTypes.normal || types[id] === tokenTypes.userDefined;
  const idOf = new Map(tokens.flatMap((token, id) => (mergeable(id) ? [[token, id] as const] : [])));
  const cuts: { left: number; right: number; whole: number }[] = [];
  for (const [token, whole] of idOf) {
    if (token.length > longestMerge) continue;
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [idOf.get(token.slice(0, at)), idOf.get(token.slice(at))];
      if (left !== undefined && right !== undefined) cuts.push({ left, right, whole });
    }
  }
  const order = (a: (typeof cuts)[number], b: (typeof cuts)[number]) =>
    scores[b.whole]! - scores[a.whole]! ||
    tokens[b.left]!.length - tokens[a.left]!.length ||
    tokens[b.right]!.length - tokens[a.right]!.length;
  return cuts.sort(order).map(({ left, right }) => [tokens[left]!, tokens[right]!]);
}

/** BERT's WordPiece: a GGUF marks the tokens that begin a word, `tokenizer.json` those that do not. */
function wordPiece(vocabulary: Vocabulary): JsonObject {
  const { tokens, types, named } = vocabulary;
  const plain = tokens.map((token, id) => {
    if (types[id] !== tokenTypes.normal || /^\[.*\]$/.test(token)) return token;
    return token.startsWith(mark) ? token.slice(mark.length) : `##${token}`;
  });
  const cased = plain.some((token, id) => types[id] === tokenTypes.normal && /^(##)?[A-Z]/.test(token));
  const before = named.cls_token ?? named.bos_token ?? '[CLS]';
  const after = named.sep_token ?? named.eos_token ?? '[SEP]';
  return {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: !cased,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: surroundings(before, after, tokens),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: named.unk_token ?? '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(usedTokens({ ...vocabulary, tokens: plain })),
    },
  };
}
