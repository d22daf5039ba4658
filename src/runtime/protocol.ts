/** The messages between a model's owner and the worker that it runs in. Everything here survives `postMessage`. */
import type { DeviceName, InstructionSet } from '../contract/index.js';
import type { ErrorData } from '../errors/index.js';
import type { Pooling, PrefixCacheReport } from '../generation/index.js';
import type { KvDType } from '../nn/index.js';
import type { MatrixScheme } from '../quantization/index.js';
import type { ChatMessage, RenderOptions } from '../tokenizers/index.js';
import type {
  ContinuationScore,
  Embeddings,
  FacetName,
  GenerateRequest,
  GenerationPart,
  LocalModelInfo,
  Matrix2d,
  Prompt,
  TextMeasure,
} from './languageModel.js';

/** How matrices are held: as the file has them, or quantized while they are loaded. */
export type WeightScheme = 'file' | MatrixScheme;

export interface LoadRequest {
  /** A folder, or the name of a model in the hub's local cache. */
  readonly model: string;
  readonly device?: DeviceName | undefined;
  readonly isa?: InstructionSet | undefined;
  readonly threads?: number | undefined;
  readonly weights?: WeightScheme | undefined;
  readonly strict?: boolean | undefined;
  /** Folders of adapters by the names that requests call them. */
  readonly adapters?: Readonly<Record<string, string>> | undefined;
  /** Whether matrices are used where they lie in the file, on a device that can: the default. Read instead, they take memory. */
  readonly mapFiles?: boolean | undefined;
  /** What keys and values are kept as; f32 unless told. Those of 16 bits take half the memory, and bf16 is the fastest. */
  readonly kv?: KvDType | undefined;
  /** The most that model and requests may take together; by default what the machine has left. */
  readonly memoryBytes?: number | undefined;
  /** What states of earlier prompts may take, to begin from when another one begins alike; 0, the default, keeps none. */
  readonly cacheBytes?: number | undefined;
  /** A folder that such states are also written to, for the next process; they hold what users wrote. */
  readonly cacheFolder?: string | undefined;
}

export interface Loaded {
  readonly info: LocalModelInfo;
  readonly facets: readonly FacetName[];
}

/** Every request by name: what goes in, what comes back, what may come in between. */
export interface Methods {
  load: { params: LoadRequest; result: Loaded; event: { readonly tensors: number; readonly bytes: number } };
  generate: { params: GenerateRequest; result: undefined; event: GenerationPart };
  logits: { params: { ids: readonly number[]; chunk?: number | undefined }; result: Matrix2d; event: never };
  tokenize: {
    params: { text: string; addSpecialTokens?: boolean | undefined; parseSpecial?: boolean | undefined };
    result: number[];
    event: never;
  };
  detokenize: {
    params: { ids: readonly number[]; skipSpecialTokens?: boolean | undefined };
    result: string;
    event: never;
  };
  tokenBytes: { params: { ids: readonly number[] }; result: readonly Uint8Array[]; event: never };
  renderChat: { params: { messages: readonly ChatMessage[]; options: RenderOptions }; result: string; event: never };
  chatIds: {
    params: { messages: readonly ChatMessage[]; options: RenderOptions };
    result: readonly number[];
    event: never;
  };
  score: {
    params: { prompt: Prompt; continuations: readonly (string | readonly number[])[] };
    result: readonly ContinuationScore[];
    event: never;
  };
  /** Waits until all that was to be written is on disk. */
  flush: { params: undefined; result: undefined; event: never };
  cacheReport: { params: undefined; result: PrefixCacheReport | undefined; event: never };
  measureText: {
    params: { text: Uint8Array; window: number; stride: number };
    result: TextMeasure;
    event: { readonly done: number; readonly total: number };
  };
  embed: { params: EmbedRequest; result: Embeddings; event: { readonly done: number; readonly total: number } };
  compare: { params: CompareRequest; result: Comparison; event: { readonly done: number; readonly total: number } };
}

export interface EmbedRequest {
  readonly inputs: readonly (string | readonly number[])[];
  readonly pooling?: Pooling | undefined;
  readonly unitLength?: boolean | undefined;
}

/** The loaded model against another folder's on the same device, over a text. */
export interface CompareRequest {
  readonly model: string;
  readonly text: Uint8Array;
  readonly window: number;
}

export interface Comparison {
  /** Mean KL(other ‖ loaded) in nats. */
  readonly meanKl: number;
  readonly top1Agreement: number;
  readonly positions: number;
}

export type MethodName = keyof Methods;

/** What a method may do while it works. */
export interface Progress<N extends MethodName> {
  emit(event: Methods[N]['event']): void;
  aborted(): boolean;
}

export type ToWorker =
  | {
      readonly type: 'request';
      readonly id: number;
      readonly method: MethodName;
      readonly params: unknown;
      /** Set to 1 to stop; absent where memory cannot be shared. */
      readonly abortFlag: Int32Array | undefined;
    }
  | { readonly type: 'abort'; readonly id: number };

export type FromWorker =
  | { readonly type: 'event'; readonly id: number; readonly event: unknown }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData };

/** One end of a connection to a worker. */
export interface WorkerPort {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** The worker died: nothing more will come. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): Promise<void>;
}
