/**
 * What the rooms above know of a language model: text and plain arrays, never tensors.
 *
 * Every model generates. What else it can do are facets: groups of optional methods that a remote model may lack.
 * `facets` says which are there; {@link expectFacet} asks for one.
 */
import type { DeviceName, InstructionSet } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Pooling, PrefixCacheReport, SamplingOptions, TokenLogprob } from '../generation/index.js';
import type { ChatMessage, RenderOptions } from '../tokenizers/index.js';

/** A chat to be answered. Strings of special tokens within it stay strings of characters. */
export interface ChatPrompt extends RenderOptions {
  readonly messages: readonly ChatMessage[];
}

/** Text, ids, or a chat. */
export type Prompt = string | readonly number[] | ChatPrompt;

/** A sequence as it was left, to be continued: `bytes` is the state's file, `unread` are tokens that it has not seen. */
export interface SavedState {
  readonly bytes: Uint8Array;
  readonly unread: readonly number[];
}

/** What an answer has to be, as data: compiled to a mask of tokens beside the model. */
export type Grammar =
  /** A JSON schema; `true` allows any value, `{ type: 'object' }` any object. */
  | { readonly kind: 'schema'; readonly schema: boolean | Readonly<Record<string, unknown>> }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'gbnf'; readonly text: string };

export interface GenerateRequest extends SamplingOptions {
  /** After a restored state it is what comes next. */
  readonly prompt: Prompt;
  readonly maxTokens: number;
  /** Tokens of prompt and answer together at most: a longer prompt is an error, and the answer ends there. */
  readonly contextLength?: number | undefined;
  /** Strings that end the answer, which does not contain them. */
  readonly stop?: readonly string[] | undefined;
  /** Whether special tokens written in a text prompt count as such; true unless told. */
  readonly parseSpecial?: boolean | undefined;
  /** Whether the model's end tokens are passed over instead of ending the answer. */
  readonly ignoreEnd?: boolean | undefined;
  readonly prefillChunk?: number | undefined;
  /** Answers to one prompt, which is read once; 1 unless told. Answer i draws with the seed of {@link choiceSeed}. */
  readonly choices?: number | undefined;
  /** What the answer has to be. */
  readonly grammar?: Grammar | undefined;
  /** Short for a grammar of a JSON schema. */
  readonly schema?: boolean | Readonly<Record<string, unknown>> | undefined;
  /** Gives the log probability of each token of the prompt, and of so many likely ones in its place. */
  readonly promptLogprobs?: number | undefined;
  readonly state?: SavedState | undefined;
  /** Whether the last part brings the state. */
  readonly saveState?: boolean | undefined;
  /** One of the adapters that the model was loaded with, by its name; it is this request's alone. */
  readonly adapter?: string | undefined;
  /** Prompts share what the model has read of them only under the same salt. */
  readonly cacheSalt?: string | undefined;
}

export type FinishReason = 'stop' | 'length';

export interface GenerationUsage {
  readonly promptTokens: number;
  /** Of the prompt, those that did not have to be read again. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Wall time until the prompt was read, and from there to the end. */
  readonly seconds: { readonly prefill: number; readonly decode: number };
}

/** A token of an answer or a prompt with its log probability and what else was likely there. */
export interface ScoredToken {
  readonly id: number;
  /** In nats; none for a prompt's first token, which nothing comes before. */
  readonly logprob?: number | undefined;
  /** What the token stands for, alone perhaps no whole character; with log probabilities, of a model with a tokenizer. */
  readonly bytes?: Uint8Array | undefined;
  readonly top?: readonly LikelyToken[] | undefined;
}

/** One of the likeliest tokens of a place. */
export interface LikelyToken extends TokenLogprob {
  readonly bytes?: Uint8Array | undefined;
}

/** What the model asks to be called. */
export interface ToolCall {
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
}

/** What a generation yields, in order: prompt reports, tokens, and one finish for each choice. */
export type GenerationPart =
  | { readonly type: 'prefill'; readonly done: number; readonly total: number }
  /** With `promptLogprobs`: all tokens of the prompt. */
  | { readonly type: 'prompt'; readonly tokens: readonly ScoredToken[] }
  | (ScoredToken & {
      readonly type: 'token';
      readonly choice: number;
      /** The text that became certain with this token; pieces concatenate to the answer. */
      readonly text: string;
    })
  /** Text without a token of its own: held back as the possible beginning of a stop string, or from a model without ids. */
  | { readonly type: 'text'; readonly choice: number; readonly text: string }
  /** In answers to chats: read from the model's own tags, whose content is no text. */
  | ({ readonly type: 'toolCall'; readonly choice: number } & ToolCall)
  /** The documents of the chat that the answer names as its sources, by their numbers from 0. */
  | { readonly type: 'citations'; readonly choice: number; readonly documents: readonly number[] }
  /** How an answer came about, from a model that is made of experts. */
  | { readonly type: 'trace'; readonly choice: number; readonly trace: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'finish';
      readonly choice: number;
      readonly reason: FinishReason;
      /** The stop string that ended the answer. */
      readonly stopped?: string | undefined;
      readonly usage: GenerationUsage;
      readonly state?: SavedState | undefined;
    };

/** An answer as a whole. */
export interface Answer {
  readonly text: string;
  /** Empty from a model that does not tell ids. */
  readonly tokens: readonly ScoredToken[];
  readonly toolCalls: readonly ToolCall[];
  readonly citations: readonly number[];
  readonly reason: FinishReason;
  readonly stopped?: string | undefined;
  readonly usage: GenerationUsage;
  readonly state?: SavedState | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Row-major values with their shape. */
export interface Matrix2d {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** How likely a continuation is after a prompt. */
export interface ContinuationScore {
  /** Sum over the tokens, in nats. */
  readonly logprob: number;
  readonly tokens: readonly { readonly id: number; readonly logprob: number }[];
  /** Whether each token is the likeliest in its place. */
  readonly greedy: boolean;
}

export interface TextMeasure {
  readonly bits: number;
  readonly scoredTokens: number;
  readonly tokens: number;
  readonly bytes: number;
  /** Total bits ÷ all bytes of the text. */
  readonly bitsPerByte: number;
  readonly perplexity: number;
}

export interface Embeddings {
  /** One row (D) for each input. */
  readonly vectors: readonly Float32Array[];
  /** How hidden states became one vector, such as `mean of the last hidden states`. */
  readonly pooling: string;
  readonly tokens: number;
}

export interface EmbedOptions extends CallOptions {
  /** Another pooling than the model's own: `mean`, `cls` (the first state), `last` or `max`. */
  readonly pooling?: Pooling | undefined;
  /** Whether vectors have length 1; the model's folder decides unless told. */
  readonly unitLength?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ModelInfo {
  /** The folder, address or name that it comes from. */
  readonly source: string;
  readonly vocabularySize?: number | undefined;
  /** Tokens of prompt and answer together at most, where the model says so. */
  readonly contextLength?: number | undefined;
}

/** Of a model in this process. */
export interface LocalModelInfo extends ModelInfo {
  readonly device: DeviceName;
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly vocabularySize: number;
  /** Names of the adapters that it was loaded with. */
  readonly adapters?: readonly string[];
  readonly loadSeconds: number;
}

/** Every facet with the methods that it stands for. */
export interface Facets {
  tokenize(
    text: string,
    options?: { readonly addSpecialTokens?: boolean | undefined; readonly parseSpecial?: boolean | undefined },
  ): Promise<number[]>;
  detokenize(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean | undefined }): Promise<string>;
  /** The bytes that each id stands for, on its own; of a special token those of its name. */
  tokenBytes(ids: readonly number[]): Promise<readonly Uint8Array[]>;
  /** The text that a chat becomes. */
  renderChat(messages: readonly ChatMessage[], options?: RenderOptions): Promise<string>;
  /**
   * A chat as ids to be answered. Unlike those of the rendered text, special tokens' strings within messages, tools and
   * documents stay strings of characters.
   */
  chatIds(messages: readonly ChatMessage[], options?: RenderOptions): Promise<readonly number[]>;
  /** Logits (T, V) of every position; `chunk` feeds the ids through a state, so many at a time. */
  logits(ids: readonly number[], options?: CallOptions & { readonly chunk?: number | undefined }): Promise<Matrix2d>;
  /** How likely each continuation is after the prompt, which is read once. */
  score(
    prompt: Prompt,
    continuations: readonly (string | readonly number[])[],
    options?: CallOptions,
  ): Promise<readonly ContinuationScore[]>;
  /** Likelihood of a text, window by window from empty states. */
  measureText(
    text: Uint8Array,
    options: {
      readonly window: number;
      readonly stride: number;
      readonly onProgress?: ((done: number, total: number) => void) | undefined;
    } & CallOptions,
  ): Promise<TextMeasure>;
  /** What is kept of earlier prompts, and what it was good for; undefined where nothing is kept. */
  cacheReport(): Promise<PrefixCacheReport | undefined>;
  /** One vector for each text. */
  embed(inputs: readonly (string | readonly number[])[], options?: EmbedOptions): Promise<Embeddings>;
}

/** Facets without methods of their own: states can be saved, and answers held to a grammar. */
export type FacetName = keyof Facets | 'state' | 'grammar';

export interface LanguageModel extends Partial<Facets> {
  readonly info: ModelInfo;
  /** What it can do beside generating; the methods of others reject with `unavailable`, or are not there. */
  readonly facets: ReadonlySet<FacetName>;
  /**
   * Streams an answer; leaving the loop or aborting the signal stops the model within one forward pass.
   *
   * @throws `usage` for an unknown field or one outside its range, `limit` for a prompt that is too long
   */
  generate(request: GenerateRequest, options?: CallOptions): AsyncIterable<GenerationPart>;
  /** One whole answer. */
  complete(request: GenerateRequest, options?: CallOptions): Promise<Answer>;
  dispose(): Promise<void>;
}

/**
 * A facet's method, ready to be called.
 *
 * @throws `unavailable` if the model lacks it
 */
export function expectFacet<N extends keyof Facets>(model: LanguageModel, name: N): Facets[N] {
  const method = model.facets.has(name) ? model[name] : undefined;
  if (method !== undefined) return method.bind(model) as Facets[N];
  throw new JambalayaError('unavailable', { what: name, reason: `${model.info.source} does not offer it` });
}
