/** A model behind any OpenAI-compatible server (vLLM, llama-server, our own) as a `LanguageModel`. */
import { JambalayaError } from '../errors/index.js';
import { completeWith } from './answer.js';
import type {
  Answer,
  CallOptions,
  Embeddings,
  FacetName,
  GenerateRequest,
  GenerationPart,
  LanguageModel,
  ModelInfo,
} from './languageModel.js';
import { checkRequest, isChat } from './requests.js';
import { serverEvents } from './serverEvents.js';
import { type UpstreamChunk, upstreamBody } from './upstreamRequest.js';

export interface UpstreamOptions {
  /** The server's address up to and with `/v1`, such as `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  /** The model's name there. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Tokens of prompt and answer, where it is known. */
  readonly contextLength?: number | undefined;
}

/** Tells text, tool calls and usage; ids, states and log probabilities do not cross this interface. */
export class UpstreamModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly facets: ReadonlySet<FacetName> = new Set<FacetName>(['embed', 'grammar']);

  constructor(private readonly options: UpstreamOptions) {
    this.info = { source: `${options.model} at ${options.url}`, contextLength: options.contextLength };
  }

  async *generate(request: GenerateRequest, { signal }: CallOptions = {}): AsyncGenerator<GenerationPart, void> {
    checkRequest(request);
    const started = performance.now();
    const path = isChat(request.prompt) ? 'chat/completions' : 'completions';
    const response = await this.post(path, upstreamBody(request, this.options.model), signal);
    if (response.body === null) throw this.unavailable('the answer has no body');
    const answers = new Map<number, OpenAnswer>();
    let usage: UpstreamChunk['usage'];
    let first: number | undefined;
    try {
      for await (const data of serverEvents(response.body)) {
        const chunk = this.parse(data);
        if (chunk.error !== undefined) throw this.unavailable(messageOf(chunk.error));
        usage = chunk.usage ?? usage;
        for (const { index = 0, delta, text = delta?.content, finish_reason } of chunk.choices ?? []) {
          const answer = answers.get(index) ?? { calls: new Map(), reason: undefined };
          answers.set(index, answer);
          if (text) {
            first ??= performance.now();
            yield { type: 'text', choice: index, text };
          }
          for (const call of delta?.tool_calls ?? []) {
            const known = answer.calls.get(call.index ?? 0) ?? { name: '', arguments: '' };
            answer.calls.set(call.index ?? 0, known);
            known.name += call.function?.name ?? '';
            known.arguments += call.function?.arguments ?? '';
          }
          answer.reason = finish_reason ?? answer.reason;
        }
      }
    } catch (error) {
      throw this.failure(error, signal);
    }
    const ended = performance.now();
    for (const [choice, { calls, reason }] of answers) {
      if (reason === undefined) throw this.unavailable('the answer broke off');
      for (const call of calls.values()) yield { type: 'toolCall', choice, ...call };
      yield {
        type: 'finish',
        choice,
        reason: reason === 'length' ? 'length' : 'stop',
        usage: {
          promptTokens: usage?.prompt_tokens ?? 0,
          cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
          completionTokens: usage?.completion_tokens ?? 0,
          seconds: { prefill: ((first ?? ended) - started) / 1000, decode: (ended - (first ?? ended)) / 1000 },
        },
      };
    }
    if (answers.size === 0) throw this.unavailable('the answer broke off');
  }

  complete(request: GenerateRequest, options?: CallOptions): Promise<Answer> {
    return completeWith((...call) => this.generate(...call), request, options);
  }

  async embed(inputs: readonly (string | readonly number[])[], { signal }: CallOptions = {}): Promise<Embeddings> {
    const response = await this.post('embeddings', { model: this.options.model, input: inputs }, signal);
    const { data, usage } = (await response.json()) as {
      data?: { embedding: number[] }[];
      usage?: { prompt_tokens?: number };
    };
    if (data?.length !== inputs.length)
      throw this.unavailable(`${data?.length ?? 0} vectors for ${inputs.length} inputs`);
    const vectors = data.map(({ embedding }) => Float32Array.from(embedding));
    return { vectors, pooling: 'as the server does', tokens: usage?.prompt_tokens ?? 0 };
  }

  async dispose(): Promise<void> {}

  private async post(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
    const { url, apiKey, headers } = this.options;
    const address = `${url.replace(/\/+$/, '')}/${path}`;
    const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    let response: Response;
    try {
      response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization, ...headers },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw this.failure(error, signal);
    }
    if (response.ok) return response;
    const text = await response.text();
    const reason = messageOf(text);
    if (response.status === 400 || response.status === 422) {
      throw new JambalayaError('usage', {
        argument: address,
        expected: 'a request that the server takes',
        found: reason,
      });
    }
    throw this.unavailable(`HTTP ${response.status}: ${reason}`);
  }

  private parse(data: string): UpstreamChunk {
    try {
      return JSON.parse(data) as UpstreamChunk;
    } catch {
      throw this.unavailable(`an event is no JSON: ${data.slice(0, 100)}`);
    }
  }

  private failure(error: unknown, signal: AbortSignal | undefined): Error {
    if (error instanceof JambalayaError) return error;
    if (signal?.aborted) return new JambalayaError('aborted', { what: 'the generation' });
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return this.unavailable(cause instanceof Error ? cause.message : String(cause));
  }

  private unavailable(reason: string): JambalayaError {
    return new JambalayaError('unavailable', { what: this.info.source, reason });
  }
}

interface OpenAnswer {
  readonly calls: Map<number, { name: string; arguments: string }>;
  reason: string | undefined;
}

/** The message of an error in one of the forms that servers use, or its text. */
function messageOf(error: unknown): string {
  if (typeof error === 'string') {
    try {
      return messageOf(JSON.parse(error));
    } catch {
      return error.slice(0, 500);
    }
  }
  if (typeof error !== 'object' || error === null) return String(error);
  const { error: inner, message } = error as { error?: unknown; message?: unknown };
  if (inner !== undefined) return messageOf(inner);
  return typeof message === 'string' ? message : JSON.stringify(error).slice(0, 500);
}
