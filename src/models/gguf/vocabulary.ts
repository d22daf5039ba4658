/** What all tokenizers in a GGUF have in common: tokens by id with their kinds, and the roles that some of them have. */
import type { GgufFile, JsonObject, JsonValue } from '../../formats/index.js';
import { GgufFields } from './fields.js';

/** llama.cpp's kinds of tokens. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export const tokenizerKey = (name: string) => `tokenizer.ggml.${name}`;

/** Roles of tokens: by name in `tokenizer_config.json`, by id in a GGUF. */
export const roles = [
  ['bos_token', tokenizerKey('bos_token_id')],
  ['eos_token', tokenizerKey('eos_token_id')],
  ['unk_token', tokenizerKey('unknown_token_id')],
  ['pad_token', tokenizerKey('padding_token_id')],
  ['sep_token', tokenizerKey('seperator_token_id')],
  ['cls_token', tokenizerKey('cls_token_id')],
  ['mask_token', tokenizerKey('mask_token_id')],
] as const;
export type Role = (typeof roles)[number][0];

/** Ours: llama.cpp has no word for it. */
export const cleanUpKey = 'jambalaya.clean_up_tokenization_spaces';

export interface Vocabulary {
  readonly fields: GgufFields;
  /** By id. */
  readonly tokens: readonly string[];
  /** The kind of each token. */
  readonly types: readonly number[];
  readonly named: Readonly<Partial<Record<Role, string>>>;
}

export function vocabularyOf(gguf: GgufFile): Vocabulary {
  const fields = new GgufFields(gguf);
  const tokens = fields.texts(tokenizerKey('tokens'));
  const types = fields.has(tokenizerKey('token_type'))
    ? fields.wholePerLayer(tokenizerKey('token_type'), tokens.length)
    : tokens.map(() => tokenTypes.normal);
  const named = roles.flatMap(([role, idKey]) => {
    const token = tokens[fields.optionalWhole(idKey) ?? -1];
    return token === undefined ? [] : [[role, token] as const];
  });
  return { fields, tokens, types, named: Object.fromEntries(named) };
}

/** Tokens that are used, with their ids. */
export const usedTokens = ({ tokens, types }: Vocabulary): [string, number][] =>
  tokens.flatMap((content, id) => (types[id] === tokenTypes.unused ? [] : [[content, id] as [string, number]]));

/** Tokens that are taken whole out of a text before anything else, as `added_tokens`. */
export const addedTokens = ({ tokens, types }: Vocabulary): JsonObject[] =>
  tokens.flatMap((content, id) => {
    const type = types[id]!;
    if (content === '' || type === tokenTypes.normal || type === tokenTypes.unused || type === tokenTypes.byte)
      return [];
    const special = type !== tokenTypes.userDefined;
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });

/** The post-processor that puts a token before a text and one behind it. */
export function surroundings(
  before: string | undefined,
  after: string | undefined,
  tokens: readonly string[],
): JsonValue {
  if (before === undefined && after === undefined) return null;
  const special = (id: string | undefined) => (id === undefined ? [] : [{ SpecialToken: { id, type_id: 0 } }]);
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const around = [before, after].filter((token) => token !== undefined);
  return {
    type: 'TemplateProcessing',
    single: [...special(before), text('A', 0), ...special(after)],
    pair: [...special(before), text('A', 0), ...special(after), text('B', 1), ...special(after)],
    special_tokens: Object.fromEntries(around.map((id) => [id, { id, ids: [tokens.indexOf(id)], tokens: [id] }])),
  };
}
