/** What the rooms above know of a language model: text and plain arrays, never tensors. */
import type { DeviceName, InstructionSet } from '../contract/index.js';
import type { SamplingOptions, TokenLogprob } from '../generation/index.js';
import type { ChatMessage, RenderOptions } from '../tokenizers/index.js';

/** What a model can be asked for beside text; asking for what it has not is an `unavailable` error. */
export interface Capabilities {
  readonly generate: boolean;
  readonly logits: boolean;
  readonly chat: boolean;
  readonly state: boolean;
}

/** A sequence as it was left, to be continued: `bytes` is the state's file, `unread` are tokens that it has not seen. */
export interface SavedState {
  readonly bytes: Uint8Array;
  readonly unread: readonly number[];
}

export interface GenerateRequest extends SamplingOptions {
  /** The prompt as text or as ids; after a restored state it is what comes next. */
  readonly prompt: string | readonly number[];
  readonly maxTokens: number;
  /** Strings that end the answer, which does not contain them. */
  readonly stop?: readonly string[] | undefined;
  /** Whether special tokens written in the prompt's text count as such; true unless told. */
  readonly parseSpecial?: boolean | undefined;
  /** Whether the model's end tokens are passed over instead of ending the answer. */
  readonly ignoreEnd?: boolean | undefined;
  readonly prefillChunk?: number | undefined;
  readonly state?: SavedState | undefined;
  /** Whether the last part brings the state. */
  readonly saveState?: boolean | undefined;
}

export type FinishReason = 'stop' | 'length';

export interface GenerationUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Wall time until the prompt was read, and from there to the end. */
  readonly seconds: { readonly prefill: number; readonly decode: number };
}

/** What a generation yields, in order: prefill reports, tokens, one finish. */
export type GenerationPart =
  | { readonly type: 'prefill'; readonly done: number; readonly total: number }
  | {
      readonly type: 'token';
      readonly id: number;
      /** The text that became certain with this token; pieces concatenate to the answer. */
      readonly text: string;
      readonly logprob?: number | undefined;
      readonly top?: readonly TokenLogprob[] | undefined;
    }
  /** Text that was held back as the possible beginning of a stop string. */
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      readonly usage: GenerationUsage;
      readonly state?: SavedState | undefined;
    };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Row-major values with their shape. */
export interface Matrix2d {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export interface TextScore {
  readonly bits: number;
  readonly scoredTokens: number;
  readonly tokens: number;
  readonly bytes: number;
  /** Total bits ÷ all bytes of the text. */
  readonly bitsPerByte: number;
  readonly perplexity: number;
}

export interface ModelInfo {
  /** The folder or name that it was loaded from. */
  readonly source: string;
  readonly device: DeviceName;
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly vocabularySize: number;
  readonly loadSeconds: number;
}

export interface LanguageModel {
  readonly info: ModelInfo;
  readonly capabilities: Capabilities;
  /** Streams an answer; leaving the loop or aborting the signal stops the model within one forward pass. */
  generate(request: GenerateRequest, options?: CallOptions): AsyncIterable<GenerationPart>;
  /** Logits (T, V) of every position; `chunk` feeds the ids through a state, so many at a time. */
  logits(ids: readonly number[], options?: CallOptions & { readonly chunk?: number | undefined }): Promise<Matrix2d>;
  tokenize(
    text: string,
    options?: { readonly addSpecialTokens?: boolean; readonly parseSpecial?: boolean },
  ): Promise<number[]>;
  detokenize(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): Promise<string>;
  renderChat(messages: readonly ChatMessage[], options?: RenderOptions): Promise<string>;
  /**
   * A chat as ids to be answered. Unlike those of the rendered text, special tokens' strings within messages, tools and
   * documents stay strings of characters.
   */
  chatIds(messages: readonly ChatMessage[], options?: RenderOptions): Promise<readonly number[]>;
  /** Likelihood of a text, window by window from empty states. */
  score(
    text: Uint8Array,
    options: {
      readonly window: number;
      readonly stride: number;
      readonly onProgress?: (done: number, total: number) => void;
    } & CallOptions,
  ): Promise<TextScore>;
  dispose(): Promise<void>;
}
