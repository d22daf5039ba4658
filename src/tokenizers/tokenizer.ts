/**
 * Text to ids and back, and messages to text, for one `tokenizer.json`.
 */

import { withDeadline } from '#tokenizers/host';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import { ChatTemplate } from './chat-template.js';
import { cleanUpSpaces } from './clean-up.js';
import { type AddedToken, readDefinition, type TokenizerDefinition } from './definition.js';
import { LibraryTokenizer } from './libraries.js';
import { literalModel } from './literal-model.js';
import {
  readConfig,
  readSurroundings,
  type Surroundings,
  type TokenizerConfig,
  withConfigured,
} from './special-tokens.js';
import { bytesAfter, bytesOfCharacters, fallbackByte } from './token-bytes.js';
import { hasCacheableWords, WordCache } from './word-cache.js';

/** The files of a tokenizer as text, read by the caller. */
export interface TokenizerFiles {
  /** For error messages, e.g. `folder/tokenizer.json`. */
  readonly name: string;
  /** `tokenizer.json` */
  readonly tokenizer: string;
  /** `tokenizer_config.json` */
  readonly config?: string | undefined;
  /** `special_tokens_map.json`: named tokens of old folders, where the configuration does not have them. */
  readonly specialTokensMap?: string | undefined;
  /** `chat_template.jinja`; wins over the configuration's `chat_template`. */
  readonly chatTemplate?: string | undefined;
}

export interface TokenizerOptions {
  /**
   * Milliseconds that loading a small file or encoding a short text may take, 10,000 unless told. Long texts get 10 µs
   * a character on top and large files 1 µs, ten times what they need on a slow machine; templates get a fifth of it.
   */
  readonly deadlineMilliseconds?: number | undefined;
  /** UTF-8 bytes of the longest text that `encode` takes, 16 MiB unless told; it needs some 200 bytes of memory each. */
  readonly maxTextLength?: number | undefined;
}

export interface EncodeOptions {
  /** Puts the tokens of the post-processor around the text, such as a beginning of the sequence. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Whether `<|endoftext|>` in the text is that token (as in Python) or a mere string of characters. True unless told. */
  readonly parseSpecial?: boolean | undefined;
  /** Cuts the end of the text away, so that it has at most so many ids together with the special tokens around it. */
  readonly maxTokens?: number | undefined;
}

export interface DecodeOptions {
  /** Leaves special tokens out of the text. */
  readonly skipSpecialTokens?: boolean | undefined;
  /** Takes the space before punctuation away; the configuration decides unless told. */
  readonly cleanUpSpaces?: boolean | undefined;
}

/** A message as templates know it. Further fields are handed on. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | null | readonly unknown[];
  readonly name?: string;
  readonly tool_calls?: readonly unknown[];
  readonly [field: string]: unknown;
}

export interface RenderOptions {
  /** Tools as JSON schemas, in the form `{type: 'function', function: {name, description, parameters}}`. */
  readonly tools?: readonly unknown[] | undefined;
  readonly documents?: readonly unknown[] | undefined;
  /** Ends the text where the answer of the model begins. True unless told. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** Further variables of the template. */
  readonly [variable: string]: unknown;
}

const loneSurrogate = /\p{Surrogate}/gu;
/** The 256 characters that stand for bytes in a byte-level vocabulary. */
const byteCharacters = /^[\x21-\x7e\xa1-\xac\xae-\u0143]*$/;

export class Tokenizer {
  /** What error messages call it. */
  readonly name: string;
  /** One more than the largest id. Embedding tables may have further rows. */
  readonly vocabularySize: number;
  readonly bosId: number | undefined;
  readonly eosId: number | undefined;
  readonly padId: number | undefined;
  readonly specialIds: ReadonlySet<number>;
  /** Whether tokens can be decoded through a window, see {@link TextStream}. */
  readonly decodesLocally: boolean;
  /** Whether decoding takes the space before punctuation away unless told otherwise. */
  readonly cleansUpSpaces: boolean;

  readonly #definition: TokenizerDefinition;
  readonly #config: TokenizerConfig;
  readonly #addedTokens: readonly AddedToken[];
  readonly #surroundings: Surroundings;
  readonly #chatTemplates: Readonly<Record<string, string>>;
  readonly #compiled = new Map<string, ChatTemplate>();
  readonly #deadline: number;
  readonly #loadingDeadline: number;
  readonly #maxBytes: number;
  readonly #library: LibraryTokenizer;
  #literalLibrary: LibraryTokenizer | undefined;
  #decoderKinds: string | undefined;
  readonly #words: WordCache | undefined;
  #together = false;

  /**
   * Reads a tokenizer from the texts of its files.
   *
   * @throws JambalayaError `tokenizer` for a file that cannot be used, `timeout` if loading takes longer than the deadline.
   */
  static create(files: TokenizerFiles, options: TokenizerOptions = {}): Tokenizer {
    return new Tokenizer(files, options);
  }

  private constructor(files: TokenizerFiles, options: TokenizerOptions) {
    this.#deadline = options.deadlineMilliseconds ?? 10_000;
    this.#maxBytes = options.maxTextLength ?? 2 ** 24;
    this.#definition = readDefinition(files.name, files.tokenizer);
    this.#config = readConfig(
      { file: siblingOf(files.name, 'tokenizer_config.json'), text: files.config },
      { file: siblingOf(files.name, 'special_tokens_map.json'), text: files.specialTokensMap },
    );
    this.#addedTokens = withConfigured(this.#definition, this.#config);
    this.#surroundings = readSurroundings(this.#definition);
    this.#chatTemplates =
      files.chatTemplate === undefined
        ? this.#config.chatTemplates
        : { default: files.chatTemplate.replace(/^\ufeff/, '') };
    const { texts, ids, decoder } = this.#definition;
    const { bos_token, eos_token, pad_token } = this.#config.named;
    const idOf = (token: string | undefined) => (token === undefined ? undefined : ids.get(token));
    this.name = files.name;
    this.vocabularySize = texts.length;
    this.bosId = idOf(bos_token);
    this.eosId = idOf(eos_token);
    this.padId = idOf(pad_token);
    this.specialIds = new Set(this.#addedTokens.filter((token) => token.special).map((token) => token.id));
    this.decodesLocally = decoder.isLocal;
    this.#words = hasCacheableWords(this.#definition) ? new WordCache() : undefined;
    // The flag is true in folders of every kind; Transformers heeds it where words lost their spaces.
    this.cleansUpSpaces = this.#config.cleansUpSpaces && this.#definition.model.type === 'WordPiece';
    this.#loadingDeadline = this.#deadline + files.tokenizer.length / 1000;
    this.#library = this.#build(this.#definition.model, this.#addedTokens);
  }

  get hasChatTemplate(): boolean {
    return Object.keys(this.#chatTemplates).length > 0;
  }

  /**
   * Ids of a text. Halves of surrogate pairs count as U+FFFD, since ids stand for UTF-8.
   *
   * @throws JambalayaError `limit` for a text that is too long, `timeout` if it takes longer than the deadline,
   * `tokenizer` for a character that the vocabulary cannot express.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addSpecialTokens = false, parseSpecial = true, maxTokens } = options;
    const whole = text.replace(loneSurrogate, '\uFFFD');
    this.#checkLength(whole);
    const library = parseSpecial ? this.#library : this.#literal();
    const guarded = <T>(work: () => T) =>
      this.#guard(`encoding a text of ${whole.length} characters`, this.#deadline + whole.length / 100, work);
    const encode = (part: string) => library.encode(part, { add_special_tokens: false }).ids;
    const ids =
      !parseSpecial && this.#words !== undefined
        ? this.#words.encode(whole, (words) => guarded(() => words.map(encode)))
        : guarded(() => encode(whole));
    if (!ids.every((id) => typeof id === 'number')) {
      throw new JambalayaError(
        'tokenizer',
        { file: this.#definition.file, reason: 'the text has a character that the vocabulary cannot express' },
        { hint: 'The tokenizer has no unknown token; use one that covers all bytes.' },
      );
    }
    const { before, after } = addSpecialTokens ? this.#surroundings : { before: [], after: [] };
    const room = maxTokens === undefined ? ids.length : Math.max(0, maxTokens - before.length - after.length);
    return [...before].concat(ids.length > room ? ids.slice(0, room) : ids, after);
  }

  /**
   * Text of ids. Ids without a token (a padded embedding table has such) are left out; bytes that are no UTF-8 become U+FFFD.
   *
   * @throws JambalayaError `usage` for what is no id, `timeout` for a pattern of the decoder that does not finish.
   */
  decode(ids: readonly number[], options: DecodeOptions = {}): string {
    const visible = this.visibleIds(ids, options.skipSpecialTokens ?? false);
    if (visible.length === 0) return '';
    const work = () => this.#library.decode(visible, { clean_up_tokenization_spaces: false });
    const what = `decoding ${visible.length} tokens`;
    const text = this.#definition.decoder.hasPattern
      ? this.#guard(what, this.#deadline + visible.length / 100, work)
      : this.#wrap(what, work);
    return (options.cleanUpSpaces ?? this.cleansUpSpaces) ? cleanUpSpaces(text) : text;
  }

  /** The ids that contribute to a text: those with a token and, if so wanted, not special. */
  visibleIds(ids: readonly number[], skipSpecialTokens: boolean): number[] {
    return ids.filter((id) => {
      if (!Number.isInteger(id) || id < 0) {
        throw new JambalayaError('usage', { argument: 'ids', expected: 'integers from 0', found: String(id) });
      }
      return this.#definition.texts[id] !== undefined && !(skipSpecialTokens && this.specialIds.has(id));
    });
  }

  /** A token as it stands in the vocabulary, for displays; '' for an id without one. */
  tokenText(id: number): string {
    return this.#definition.texts[id] ?? '';
  }

  /** The bytes that a token stands for within a text, alone perhaps no whole character; those of its name if it is special. */
  tokenBytes(id: number): Uint8Array {
    const token = this.tokenText(id);
    if (this.specialIds.has(id) || token === '') return new TextEncoder().encode(token);
    if (this.#decodes('ByteLevel')) return bytesOfCharacters(token) ?? new TextEncoder().encode(token);
    const byte = this.#decodes('ByteFallback') ? fallbackByte(token) : undefined;
    return byte ?? bytesAfter((ids) => this.decode(ids, { cleanUpSpaces: false }), this.#letterId(), id);
  }

  /** Whether the decoder is of a kind, or has one in its sequence. */
  #decodes(kind: string): boolean {
    this.#decoderKinds ??= JSON.stringify(this.#definition.decoder.json ?? {});
    return this.#decoderKinds.includes(`"${kind}"`);
  }

  /** A token that is one letter, to decode others after. */
  #letterId(): number | undefined {
    return ['a', 'e', 'A', '0'].map((letter) => this.#definition.ids.get(letter)).find((id) => id !== undefined);
  }

  /**
   * The text that a chat becomes, special tokens included: encode it with `parseSpecial` and without `addSpecialTokens`.
   *
   * @throws JambalayaError `tokenizer` if there is no template, or if it refuses the messages; `limit` and `timeout`
   * if it does not come to an end.
   */
  renderChat(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    const { tools, documents, addGenerationPrompt = true, ...variables } = options;
    // A model that came with several has one for tools.
    const name = tools !== undefined && Object.hasOwn(this.#chatTemplates, 'tool_use') ? 'tool_use' : 'default';
    const source = Object.hasOwn(this.#chatTemplates, name) ? this.#chatTemplates[name] : undefined;
    if (source === undefined) {
      throw new JambalayaError(
        'tokenizer',
        { file: this.#definition.file, reason: 'there is no chat template' },
        { hint: 'Use plain completion, or put a chat_template.jinja beside the tokenizer.' },
      );
    }
    return this.#guard('rendering the chat template', this.#deadline / 5, () => {
      const template = this.#compiled.get(name) ?? new ChatTemplate(source);
      this.#compiled.set(name, template);
      return template.render({
        ...this.#config.named,
        ...(this.#config.additional.length === 0 ? {} : { additional_special_tokens: this.#config.additional }),
        ...variables,
        messages,
        tools: tools ?? null,
        documents: documents ?? null,
        add_generation_prompt: addGenerationPrompt,
      });
    });
  }

  #build(model: TokenizerDefinition['model'], added_tokens: readonly AddedToken[]): LibraryTokenizer {
    const { normalizer, preTokenizer, decoder } = this.#definition;
    // A normalizer of the library's that does nothing keeps the place of ours.
    const place = normalizer === undefined ? null : { type: 'Sequence', normalizers: [] };
    const parts = { normalizer: place, pre_tokenizer: preTokenizer, post_processor: null, decoder: decoder.json };
    const library = this.#guard('loading the tokenizer', this.#loadingDeadline, () => {
      const known = normalizer === undefined ? added_tokens : withNormalized(added_tokens, normalizer);
      return new LibraryTokenizer({ ...parts, added_tokens: known, model }, {});
    });
    if (normalizer !== undefined) library.normalizer = normalizer;
    // The original replaces the suffix of words in its own decoder only, not in the finished text.
    if (library.decoder !== null) library.decoder.end_of_word_suffix = null;
    if (library.decoder !== null && decoder.json?.type === 'ByteLevel') {
      // Given as they are, added or not: they have characters that stand for no byte.
      library.decoder.added_tokens = this.#definition.texts
        .filter((text) => text !== undefined && !byteCharacters.test(text))
        .map((content) => ({ content }));
    }
    return library;
  }

  /**
   * Several calls of this tokenizer under one deadline. Deadlines cost more than a short text does.
   *
   * @throws JambalayaError `timeout` if they take longer together, and whatever `work` throws
   */
  together<T>(what: string, work: () => T): T {
    if (this.#together) return work();
    try {
      return this.#guard(what, this.#deadline, () => {
        this.#together = true;
        return work();
      });
    } finally {
      this.#together = false;
    }
  }

  /** A tokenizer to which special tokens are out of reach. */
  #literal(): LibraryTokenizer {
    this.#literalLibrary ??= this.#build(
      literalModel(this.#definition.model, this.#addedTokens),
      this.#addedTokens.filter((token) => !token.special),
    );
    return this.#literalLibrary;
  }

  /** A text has to fit, in UTF-8 and in the longest form that the normalizer can give it. */
  #checkLength(text: string): void {
    const found = text.length * 3 <= this.#maxBytes ? 0 : new TextEncoder().encode(text).length;
    if (found > this.#maxBytes) throw tooLong('bytes of a text', this.#maxBytes, found);
    const { growth } = this.#definition;
    const most = this.#maxBytes * 4;
    if (text.length * growth > most) throw tooLong('characters of a normalized text', most, text.length * growth);
  }

  #guard<T>(what: string, milliseconds: number, work: () => T): T {
    if (this.#together) return this.#wrap(what, work);
    return this.#wrap(what, () => withDeadline(milliseconds, `${this.#definition.file}: ${what}`, work));
  }

  #wrap<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (isJambalayaError(cause)) throw cause;
      const reason = `${what}: ${cause instanceof Error ? cause.message : String(cause)}`;
      const hint = 'Compare with what Transformers does with the same files.';
      throw new JambalayaError('tokenizer', { file: this.#definition.file, reason }, { hint, cause });
    }
  }
}

function tooLong(what: string, limit: number, found: number): JambalayaError {
  return new JambalayaError(
    'limit',
    { what, limit, found },
    { hint: 'Encode the text in parts, or raise maxTextLength.' },
  );
}

/** Added tokens that are looked for in normalized text, in that form before their own, by which they are known. */
const withNormalized = (tokens: readonly AddedToken[], normalize: (text: string) => string): AddedToken[] =>
  tokens.flatMap((token) => {
    const content = token.normalized ? normalize(token.content) : '';
    return content === '' || content === token.content ? [token] : [{ ...token, content }, token];
  });

/** The path of another file in the same folder. */
function siblingOf(file: string, name: string): string {
  return file.replace(/[^/\\]*$/, name);
}
