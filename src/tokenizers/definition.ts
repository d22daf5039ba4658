/**
 * `tokenizer.json`, checked from top to bottom before the library sees it.
 *
 * What comes out is in a form that cannot surprise: bounded in size, every id an integer below {@link maxIds}, every
 * merge made of known tokens, every part of a known kind.
 */
import { type Decoder, readDecoder, readPreTokenizer } from './components.js';
import { readNormalizer } from './normalizers.js';
import { unsupportedHint } from './patterns.js';
import { describe, type JsonObject, Shape } from './shape.js';

/** Ids are indices of tables, so that a file with a huge one would ask for a huge table. */
export const maxIds = 2 ** 21;
const maxFileLength = 2 ** 27;
const maxTokenLength = 2 ** 16;
const maxAddedTokens = 2 ** 16;
/** The library builds tries of these, at some hundred bytes a character. */
const maxAddedTokenLength = 1024;
const maxTrieLength = 2 ** 22;

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** The model as the library takes it. */
export type Model =
  | {
      readonly type: 'BPE';
      readonly vocab: JsonObject;
      readonly merges: readonly (readonly [string, string])[];
      readonly unk_token: string | null;
      readonly end_of_word_suffix: string | null;
      readonly fuse_unk: boolean;
      readonly byte_fallback: boolean;
      readonly ignore_merges: boolean;
    }
  | {
      readonly type: 'WordPiece';
      readonly vocab: JsonObject;
      readonly unk_token: string;
      readonly continuing_subword_prefix: string;
      readonly max_input_chars_per_word: number;
    }
  | {
      readonly type: 'Unigram';
      readonly vocab: readonly (readonly [string, number])[];
      readonly unk_id: number | null;
    };

export interface TokenizerDefinition {
  readonly file: string;
  readonly model: Model;
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: ((text: string) => string) | undefined;
  /** How many times longer than the text its normalized form can be, Unicode normalization forms left out. */
  readonly growth: number;
  readonly preTokenizer: JsonObject | null;
  readonly postProcessor: unknown;
  readonly decoder: Decoder;
  /** Token of each id; an id that no token has is a hole. */
  readonly texts: readonly (string | undefined)[];
  /** Id of each token, those added to the model's vocabulary included. */
  readonly ids: ReadonlyMap<string, number>;
}

/**
 * Reads and checks the text of a `tokenizer.json`. `file` is the name for messages.
 *
 * @throws JambalayaError `tokenizer`.
 */
export function readDefinition(file: string, text: string): TokenizerDefinition {
  const shape = new Shape(file);
  const json = shape.object(shape.parse(text, maxFileLength), 'the file');
  const model = readModel(shape, shape.object(json.model, 'model'));
  const addedTokens = shape
    .array(json.added_tokens ?? [], 'added_tokens', maxAddedTokens)
    .map((token, index) => readAddedToken(shape, token, `added_tokens[${index}]`));
  const length = addedTokens.reduce((sum, token) => sum + token.content.length, 0);
  if (length > maxTrieLength) shape.fail(`added_tokens: at most ${maxTrieLength} characters together, found ${length}`);

  const texts: (string | undefined)[] = [];
  const ids = new Map<string, number>();
  const add = (content: string, id: number) => {
    while (texts.length < id) texts.push(undefined);
    texts[id] = content;
    ids.set(content, id);
  };
  if (model.type === 'Unigram') for (const [id, [content]] of model.vocab.entries()) add(content, id);
  else for (const [content, id] of Object.entries(model.vocab)) add(content, id as number);
  for (const token of addedTokens) add(token.content, token.id);
  if (model.type === 'BPE') checkMerges(shape, model.merges, ids);

  const { normalize: normalizer, growth = 1 } = readNormalizer(shape, json.normalizer) ?? {};
  return {
    file,
    model,
    addedTokens,
    normalizer,
    growth,
    preTokenizer: readPreTokenizer(shape, json.pre_tokenizer),
    postProcessor: json.post_processor ?? null,
    decoder: readDecoder(shape, json.decoder),
    texts,
    ids,
  };
}

function readAddedToken(shape: Shape, value: unknown, where: string): AddedToken {
  const json = shape.object(value, where);
  const content = shape.string(json.content, `${where}.content`, maxAddedTokenLength);
  if (content === '') shape.fail(`${where}.content: expected text`);
  if (shape.boolean(json.single_word, `${where}.single_word`, false)) {
    shape.fail(`${where}: single_word is not supported`, unsupportedHint);
  }
  const special = shape.boolean(json.special, `${where}.special`, false);
  return {
    id: shape.integer(json.id, `${where}.id`, 0, maxIds - 1),
    content,
    lstrip: shape.boolean(json.lstrip, `${where}.lstrip`, false),
    rstrip: shape.boolean(json.rstrip, `${where}.rstrip`, false),
    normalized: shape.boolean(json.normalized, `${where}.normalized`, !special),
    special,
  };
}

function readModel(shape: Shape, json: JsonObject): Model {
  const type = modelType(shape, json);
  if (type === 'Unigram') return readUnigram(shape, json);
  const vocab = shape.object(json.vocab, 'model.vocab');
  const entries = Object.entries(vocab);
  if (entries.length > maxIds) shape.fail(`model.vocab: at most ${maxIds} tokens, found ${entries.length}`);
  for (const [token, id] of entries) {
    if (token.length > maxTokenLength) shape.fail(`model.vocab: a token of ${token.length} characters`);
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= maxIds) {
      shape.integer(id, `model.vocab[${describe(token)}]`, 0, maxIds - 1);
    }
  }
  const prefix = shape.optionalString(json.continuing_subword_prefix, 'model.continuing_subword_prefix', 100);
  const unknown = shape.optionalString(json.unk_token, 'model.unk_token', maxTokenLength);
  if (type === 'WordPiece') {
    return {
      type,
      vocab,
      unk_token: unknown ?? '[UNK]',
      continuing_subword_prefix: prefix ?? '##',
      max_input_chars_per_word: shape.integer(
        json.max_input_chars_per_word ?? 100,
        'model.max_input_chars_per_word',
        1,
        10_000,
      ),
    };
  }
  if (prefix !== undefined && prefix !== '') {
    shape.fail('model.continuing_subword_prefix is not supported with BPE', unsupportedHint);
  }
  return {
    type,
    vocab,
    merges: readMerges(shape, json.merges),
    unk_token: unknown ?? null,
    end_of_word_suffix: shape.optionalString(json.end_of_word_suffix, 'model.end_of_word_suffix', 100) ?? null,
    fuse_unk: shape.boolean(json.fuse_unk, 'model.fuse_unk', false),
    byte_fallback: shape.boolean(json.byte_fallback, 'model.byte_fallback', false),
    ignore_merges: shape.boolean(json.ignore_merges, 'model.ignore_merges', false),
  };
}

/** Files of the first years do not say which model they hold; the fields that they have do. */
function modelType(shape: Shape, json: JsonObject): Model['type'] {
  const type = shape.optionalString(json.type, 'model.type', 100);
  if (type === 'BPE' || type === 'WordPiece' || type === 'Unigram') return type;
  if (type !== undefined) {
    return shape.fail(`model.type: expected BPE, WordPiece or Unigram, found ${describe(type)}`, unsupportedHint);
  }
  if (Array.isArray(json.vocab)) return 'Unigram';
  return 'merges' in json ? 'BPE' : 'WordPiece';
}

function readUnigram(shape: Shape, json: JsonObject): Model {
  if (shape.boolean(json.byte_fallback, 'model.byte_fallback', false)) {
    shape.fail('model.byte_fallback is not supported with Unigram', unsupportedHint);
  }
  let length = 0;
  const vocab = shape.array(json.vocab, 'model.vocab', maxIds).map((entry, index) => {
    const where = `model.vocab[${index}]`;
    const [piece, score] = shape.array(entry, where, 2);
    const text = shape.string(piece, where, maxTokenLength);
    if (typeof score !== 'number') shape.fail(`${where}: expected a score, found ${describe(score)}`);
    length += text.length;
    return [text, score as number] as const;
  });
  if (vocab.length === 0) shape.fail('model.vocab: expected at least one piece');
  if (length > maxTrieLength) shape.fail(`model.vocab: at most ${maxTrieLength} characters together, found ${length}`);
  const unknown = json.unk_id ?? null;
  return {
    type: 'Unigram',
    vocab,
    unk_id: unknown === null ? null : shape.integer(unknown, 'model.unk_id', 0, vocab.length - 1),
  };
}

/** Merges as pairs: they are written as pairs or, in older files, as strings with a space between the two. */
function readMerges(shape: Shape, value: unknown): [string, string][] {
  return shape.array(value, 'model.merges', maxIds).map((merge, index) => {
    const pair: readonly unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    const [left, right] = pair;
    if (pair.length !== 2 || typeof left !== 'string' || typeof right !== 'string') {
      return shape.fail(`model.merges[${index}]: expected a pair of tokens, found ${describe(merge)}`);
    }
    return [left, right];
  });
}

function checkMerges(
  shape: Shape,
  merges: readonly (readonly [string, string])[],
  ids: ReadonlyMap<string, number>,
): void {
  merges.forEach(([left, right], index) => {
    for (const token of [left, right, left + right]) {
      if (!ids.has(token)) shape.fail(`model.merges[${index}]: token ${describe(token)} is not in the vocabulary`);
    }
  });
}
