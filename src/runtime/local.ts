/** A model in a worker of this process, as a `LanguageModel`. The caller's event loop stays free. */
import { sharedFlag, startWorker } from '#runtime/host';
import { errorFromData, JambalayaError } from '../errors/index.js';
import type { PrefixCacheReport } from '../generation/index.js';
import type { ChatMessage, RenderOptions } from '../tokenizers/index.js';
import { completeWith } from './answer.js';
import type {
  Answer,
  CallOptions,
  ContinuationScore,
  Embeddings,
  EmbedOptions,
  FacetName,
  Facets,
  GenerateRequest,
  GenerationPart,
  LanguageModel,
  LocalModelInfo,
  Matrix2d,
  Prompt,
  TextMeasure,
} from './languageModel.js';
import type { Comparison, FromWorker, Loaded, LoadRequest, MethodName, Methods, WorkerPort } from './protocol.js';

export interface LoadOptions extends Omit<LoadRequest, 'model'> {
  readonly onProgress?: ((done: { tensors: number; bytes: number }) => void) | undefined;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: (event: unknown) => void;
}

/**
 * Loads a model folder (or a model of the hub's local cache) in a worker.
 *
 * ```ts
 * const model = await loadModel('models/char-shakespeare');
 * for await (const part of model.generate({ prompt: 'ROMEO:', maxTokens: 40 })) {
 *   if (part.type === 'token') process.stdout.write(part.text);
 * }
 * await model.dispose();
 * ```
 */
export async function loadModel(model: string, { onProgress, ...request }: LoadOptions = {}): Promise<LocalModel> {
  const connection = new Connection(startWorker());
  try {
    const loaded = await connection.call('load', { model, ...request }, { onEvent: onProgress });
    return new LocalModel(loaded, connection, request.cacheFolder !== undefined);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Requests to one worker and what comes back. */
class Connection {
  private readonly pending = new Map<number, Pending>();
  private next = 1;
  private failure: Error | undefined;

  constructor(private readonly port: WorkerPort) {
    port.onMessage((message) => this.receive(message));
    port.onFailure((cause) =>
      this.fail(new JambalayaError('unavailable', { what: 'the model worker', reason: cause.message }, { cause })),
    );
  }

  call<N extends MethodName>(
    method: N,
    params: Methods[N]['params'],
    { signal, onEvent }: CallOptions & { onEvent?: ((event: Methods[N]['event']) => void) | undefined } = {},
  ): Promise<Methods[N]['result']> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (signal?.aborted) return Promise.reject(abortError(method));
    const id = this.next++;
    const abortFlag = sharedFlag();
    const abort = () => {
      if (abortFlag !== undefined) Atomics.store(abortFlag, 0, 1);
      this.port.post({ type: 'abort', id });
    };
    signal?.addEventListener('abort', abort, { once: true });
    return new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, onEvent: (event) => onEvent?.(event as Methods[N]['event']) });
      try {
        this.port.post({ type: 'request', id, method, params, abortFlag });
      } catch (cause) {
        const expected = 'plain data, which can be sent to a worker';
        const { message: found } = cause as Error;
        reject(new JambalayaError('usage', { argument: method, expected, found }, { cause }));
      }
    }).finally(() => {
      this.pending.delete(id);
      signal?.removeEventListener('abort', abort);
    }) as Promise<Methods[N]['result']>;
  }

  async close(): Promise<void> {
    const disposed = { argument: 'model', expected: 'a model that is in use', found: 'one that was disposed of' };
    this.failure ??= new JambalayaError('usage', disposed);
    this.rejectPending(abortError('a request to a model that was disposed of'));
    await this.port.terminate();
  }

  private receive(message: FromWorker): void {
    const request = this.pending.get(message.id);
    if (request === undefined) return;
    if (message.type === 'event') request.onEvent(message.event);
    else if (message.type === 'result') request.resolve(message.result);
    else request.reject(errorFromData(message.error));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.rejectPending(this.failure);
  }

  private rejectPending(error: Error): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

const abortError = (what: string) => new JambalayaError('aborted', { what });

/** Methods of a facet that the model lacks reject with `unavailable`. */
export class LocalModel implements LanguageModel {
  readonly info: LocalModelInfo;
  readonly facets: ReadonlySet<FacetName>;

  constructor(
    { info, facets }: Loaded,
    private readonly connection: Connection,
    private readonly savesStates: boolean,
  ) {
    this.info = info;
    this.facets = new Set(facets);
  }

  async *generate(
    request: GenerateRequest,
    { signal }: CallOptions = {},
  ): AsyncGenerator<GenerationPart, void, undefined> {
    const stop = new AbortController();
    const parts = new Queue<GenerationPart>();
    const stopWith = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const done = this.connection.call('generate', request, { signal: stopWith, onEvent: (part) => parts.push(part) });
    done.then(
      () => parts.end(),
      (error: unknown) => parts.end(error),
    );
    try {
      yield* parts;
    } finally {
      // The loop was left, here or by an error: the worker stops before its next pass.
      stop.abort();
    }
  }

  complete(request: GenerateRequest, options?: CallOptions): Promise<Answer> {
    return completeWith((...call) => this.generate(...call), request, options);
  }

  logits(
    ids: readonly number[],
    { signal, chunk }: CallOptions & { chunk?: number | undefined } = {},
  ): Promise<Matrix2d> {
    return this.connection.call('logits', { ids, chunk }, { signal });
  }

  tokenize(text: string, options: Parameters<Facets['tokenize']>[1] = {}): Promise<number[]> {
    return this.connection.call('tokenize', { text, ...options });
  }

  detokenize(ids: readonly number[], options: Parameters<Facets['detokenize']>[1] = {}): Promise<string> {
    return this.connection.call('detokenize', { ids, ...options });
  }

  tokenBytes(ids: readonly number[]): Promise<readonly Uint8Array[]> {
    return this.connection.call('tokenBytes', { ids });
  }

  renderChat(messages: readonly ChatMessage[], options: RenderOptions = {}): Promise<string> {
    return this.connection.call('renderChat', { messages, options });
  }

  chatIds(messages: readonly ChatMessage[], options: RenderOptions = {}): Promise<readonly number[]> {
    return this.connection.call('chatIds', { messages, options });
  }

  score(
    prompt: Prompt,
    continuations: readonly (string | readonly number[])[],
    { signal }: CallOptions = {},
  ): Promise<readonly ContinuationScore[]> {
    return this.connection.call('score', { prompt, continuations }, { signal });
  }

  cacheReport(): Promise<PrefixCacheReport | undefined> {
    return this.connection.call('cacheReport', undefined);
  }

  measureText(
    text: Uint8Array,
    { window, stride, onProgress, signal }: Parameters<Facets['measureText']>[1],
  ): Promise<TextMeasure> {
    const onEvent = ({ done, total }: Methods['measureText']['event']) => onProgress?.(done, total);
    return this.connection.call('measureText', { text, window, stride }, { signal, onEvent });
  }

  embed(
    inputs: readonly (string | readonly number[])[],
    { signal, onProgress, pooling, unitLength }: EmbedOptions = {},
  ): Promise<Embeddings> {
    const onEvent = ({ done, total }: Methods['embed']['event']) => onProgress?.(done, total);
    return this.connection.call('embed', { inputs, pooling, unitLength }, { signal, onEvent });
  }

  /** How this model's next-token distributions differ from those of the model in another folder, over a text. */
  compare(
    model: string,
    text: Uint8Array,
    {
      window = 512,
      onProgress,
      signal,
    }: CallOptions & { window?: number; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<Comparison> {
    const onEvent = ({ done, total }: Methods['compare']['event']) => onProgress?.(done, total);
    return this.connection.call('compare', { model, text, window }, { signal, onEvent });
  }

  async dispose(): Promise<void> {
    // What was read is not lost; a worker that died has nothing to save.
    if (this.savesStates) await this.connection.call('flush', undefined).catch(() => {});
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Items that come when they come, as an async iterable. */
class Queue<T> implements AsyncIterable<T> {
  private readonly items: T[] = [];
  private wake: (() => void) | undefined;
  private ended = false;
  private error: unknown;

  push(item: T): void {
    this.items.push(item);
    this.wake?.();
  }

  end(error?: unknown): void {
    this.ended = true;
    this.error = error;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.items.length > 0) yield this.items.shift()!;
      if (this.ended) {
        if (this.error !== undefined) throw this.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
