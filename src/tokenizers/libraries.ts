/**
 * The two libraries of this room, typed as far as it uses them. Their own declarations import each other without file
 * extensions, which Node's module resolution does not find: every name in them would silently be `any`.
 */
import * as jinja from '@huggingface/jinja';
import * as tokenizers from '@huggingface/tokenizers';

export interface LibraryDecoder {
  added_tokens: readonly { readonly content: string | undefined }[];
  end_of_word_suffix: string | null;
}

export interface LibraryTokenizer {
  /** What a text goes through first; the library's own is put aside. */
  normalizer: ((text: string) => string) | null;
  readonly decoder: LibraryDecoder | null;
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | null | undefined)[] };
  decode(ids: readonly number[], options: { clean_up_tokenization_spaces: boolean }): string;
}

interface TokenizersLibrary {
  Tokenizer: new (tokenizer: object, config: object) => LibraryTokenizer;
  ReplaceNormalizer: new (config: object) => { normalize(text: string): string };
}

interface JinjaLibrary {
  /** Tokens of a template as a tree; see `jinja/nodes.ts`. */
  parse(tokens: readonly { readonly value: string; readonly type: string }[]): unknown;
}

export const { Tokenizer: LibraryTokenizer, ReplaceNormalizer } = tokenizers as unknown as TokenizersLibrary;
export const { parse } = jinja as unknown as JinjaLibrary;
