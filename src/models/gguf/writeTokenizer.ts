/**
 * Byte-level BPE tokenizers as the metadata of a GGUF (`tokenizer.ggml.model` "gpt2").
 *
 * What a GGUF cannot say without loss (other kinds, normalizers, pre-tokenizers that llama.cpp has no name for) stays out
 * of it: then the file needs its `tokenizer.json` beside it.
 */
import { type GgufValue, isJsonObject, type JsonValue, jsonLimits, parseJson } from '../../formats/index.js';
import { preTokenizerLike } from './preTokenizers.js';
import type { TokenizerTexts } from './readTokenizer.js';
import { cleanUpKey, tokenizerKey as key, roles, tokenTypes } from './vocabulary.js';

/**
 * A tokenizer as metadata, for a model with so many rows of embeddings, or why a GGUF cannot hold it.
 *
 * @param file what errors call it
 */
export function ggufTokenizer(
  texts: TokenizerTexts,
  file: string,
  vocabularySize: number,
): Map<string, GgufValue> | { readonly reason: string } {
  const json = parseJson(file, texts.tokenizer, { maxBytes: jsonLimits.tokenizer });
  const config = texts.config === undefined ? {} : parseJson(file, texts.config, { maxBytes: jsonLimits.tokenizer });
  const model = isJsonObject(json.model) ? json.model : {};
  const { vocab, merges } = model;
  if (model.type !== 'BPE' || !isJsonObject(vocab) || !Array.isArray(merges)) return { reason: 'it is no BPE' };
  if (!isJsonObject(json.decoder) || json.decoder.type !== 'ByteLevel' || model.byte_fallback === true) {
    return { reason: 'it is not byte-level' };
  }
  if (json.normalizer !== null && json.normalizer !== undefined) return { reason: 'it has a normalizer' };
  if (model.continuing_subword_prefix || model.end_of_word_suffix) return { reason: 'its words have marks' };
  const ignoreMerges = model.ignore_merges === true;
  const pre = preTokenizerLike(json.pre_tokenizer ?? null, ignoreMerges, merges.length);
  if (pre === undefined) return { reason: 'its pre-tokenizer has no name in llama.cpp' };

  const named = new Map(roles.map(([role]) => [role, contentOf(config[role])]));
  const around = surroundingsOf(json.post_processor ?? null, named.get('bos_token'), named.get('eos_token'));
  if (around === undefined) return { reason: 'its post-processor has no counterpart' };

  const tokens = Array.from({ length: vocabularySize }, (_, id) => `[PAD${id}]`);
  const types = new Array<number>(vocabularySize).fill(tokenTypes.unused);
  const place = (content: JsonValue | undefined, id: JsonValue | undefined, type: number) => {
    if (typeof content !== 'string' || typeof id !== 'number' || !(id < vocabularySize)) return false;
    tokens[id] = content;
    types[id] = type;
    return true;
  };
  const additional = config.additional_special_tokens;
  const special = new Set([...named.values(), ...(Array.isArray(additional) ? additional.map(contentOf) : [])]);
  const added = Array.isArray(json.added_tokens)
    ? (json.added_tokens as readonly JsonValue[]).filter(isJsonObject)
    : [];
  const stripped = added.some(({ lstrip, rstrip, single_word }) => lstrip || rstrip || single_word);
  if (stripped) return { reason: 'its added tokens take the space around them' };
  const fits =
    Object.entries(vocab).every(([content, id]) => {
      return place(content, id, special.has(content) ? tokenTypes.control : tokenTypes.normal);
    }) &&
    added.every(({ content, id, special: marked }) => {
      const control = marked === true || (typeof content === 'string' && special.has(content));
      return place(content, id, control ? tokenTypes.control : tokenTypes.userDefined);
    });
  if (!fits) return { reason: `it has ids past the model’s ${vocabularySize}` };

  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const template = texts.chatTemplate ?? config.chat_template;
  return new Map<string, GgufValue>([
    [key('model'), { type: 'string', value: 'gpt2' }],
    [key('pre'), { type: 'string', value: pre.names[0] }],
    [key('tokens'), { type: 'array', of: 'string', value: tokens }],
    [key('token_type'), { type: 'array', of: 'i32', value: types }],
    [key('merges'), { type: 'array', of: 'string', value: merges.map(mergeText) }],
    [key('add_bos_token'), { type: 'bool', value: around.bos }],
    [key('add_eos_token'), { type: 'bool', value: around.eos }],
    ...roles.flatMap(([role, idKey]): [string, GgufValue][] => {
      const id = idOf.get(named.get(role) ?? '');
      return id === undefined ? [] : [[idKey, { type: 'u32', value: id }]];
    }),
    ...(config.clean_up_tokenization_spaces === true ? [[cleanUpKey, { type: 'bool', value: true }] as const] : []),
    ...(typeof template === 'string'
      ? [['tokenizer.chat_template', { type: 'string', value: template }] as const]
      : []),
  ]);
}

const mergeText = (merge: JsonValue): string => (Array.isArray(merge) ? merge.join(' ') : String(merge));

/** A token of `tokenizer_config.json`: a text, or an object with its `content`. */
function contentOf(token: JsonValue | undefined): string | undefined {
  const content = isJsonObject(token) ? token.content : token;
  return typeof content === 'string' ? content : undefined;
}

/** Whether a post-processor puts the begin and the end token around a text; undefined if it does anything else. */
function surroundingsOf(
  json: JsonValue,
  bos: string | undefined,
  eos: string | undefined,
): { bos: boolean; eos: boolean } | undefined {
  if (json === null || (isJsonObject(json) && json.type === 'ByteLevel')) return { bos: false, eos: false };
  if (!isJsonObject(json)) return undefined;
  if (json.type === 'Sequence' && Array.isArray(json.processors)) {
    const parts = (json.processors as readonly JsonValue[]).map((part) => surroundingsOf(part, bos, eos));
    if (!parts.every((part) => part !== undefined)) return undefined;
    return { bos: parts.some((part) => part.bos), eos: parts.some((part) => part.eos) };
  }
  if (json.type !== 'TemplateProcessing' || !Array.isArray(json.single)) return undefined;
  const pieces = (json.single as readonly JsonValue[]).map((piece) => {
    const token = isJsonObject(piece) && isJsonObject(piece.SpecialToken) ? piece.SpecialToken.id : undefined;
    return typeof token === 'string' ? token : '\0text';
  });
  const text = pieces.indexOf('\0text');
  const [before, after] = [pieces.slice(0, text), pieces.slice(text + 1)];
  const only = (list: readonly string[], token: string | undefined) =>
    list.length === 0 || (list.length === 1 && list[0] === token);
  if (text < 0 || !only(before, bos) || !only(after, eos)) return undefined;
  return { bos: before.length === 1, eos: after.length === 1 };
}
