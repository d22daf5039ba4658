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
  readonly decoder: LibraryDecoder | null;
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | null | undefined)[] };
  decode(ids: readonly number[], options: { clean_up_tokenization_spaces: boolean }): string;
}

/** A node of a parsed template. */
export interface TemplateNode {
  readonly type: string;
  /** What a `For` runs over. */
  readonly iterable?: TemplateNode;
}

/** A value at run time: its content is a string, a number, a boolean, null, an array of values or a map of values. */
export interface TemplateValue {
  readonly type: string;
  readonly value: unknown;
}

export interface TemplateScope {
  /** Declares a variable; plain data and functions become values of the interpreter. */
  set(name: string, value: unknown): unknown;
}

export interface TemplateInterpreter {
  evaluate(node: TemplateNode | undefined, scope: TemplateScope): TemplateValue;
  run(program: TemplateNode): TemplateValue;
}

interface TokenizersLibrary {
  Tokenizer: new (tokenizer: object, config: object) => LibraryTokenizer;
}

interface JinjaLibrary {
  Environment: new (parent?: TemplateScope) => TemplateScope;
  Interpreter: new (scope: TemplateScope) => TemplateInterpreter;
  tokenize(source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }): unknown;
  parse(tokens: unknown): TemplateNode;
}

export const { Tokenizer: LibraryTokenizer } = tokenizers as unknown as TokenizersLibrary;
export const { Environment, Interpreter, parse, tokenize } = jinja as unknown as JinjaLibrary;
