/** Runs the generations of one request: admission, several prompts side by side, counting, and the end for who leaves. */
import type { GenerateRequest, GenerationPart } from '../runtime/index.js';
import { ApiError, apiErrorOf } from './apiError.js';
import type { ServerContext } from './context.js';
import type { ModelEntry } from './models.js';

/** A part of the answer to one of a request's prompts. */
export interface RunPart {
  readonly prompt: number;
  readonly part: GenerationPart;
}

/**
 * Starts the generations and waits until the first of them has begun, so that what a client did wrong is an HTTP status and
 * not the end of a stream. The parts have to be read to their end or returned from: that frees the place.
 *
 * @throws ApiError
 */
export async function startRun(
  context: ServerContext,
  entry: ModelEntry,
  requests: readonly GenerateRequest[],
  client: AbortSignal,
): Promise<AsyncGenerator<RunPart, void>> {
  const own = new AbortController();
  const deadline = AbortSignal.timeout(context.limits.deadlineMilliseconds);
  const signal = AbortSignal.any([client, context.stopping, own.signal, deadline]);
  const parts = run(context, entry, requests, signal, own);
  const first = await parts.next();
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* parts;
    } finally {
      own.abort();
      await parts.return();
    }
  })();
}

async function* run(
  { metrics, log, limits, stopping }: ServerContext,
  entry: ModelEntry,
  requests: readonly GenerateRequest[],
  signal: AbortSignal,
  own: AbortController,
): AsyncGenerator<RunPart, void> {
  const started = performance.now();
  const slot = entry.slots.open(requests.length);
  let release = () => {};
  let first = true;
  let ended = false;
  try {
    release = await entry.admission.enter(signal);
    slot.state = 'reading';
    for await (const each of merged(requests.map((request) => entry.model.generate(request, { signal })))) {
      const { part } = each;
      if (part.type === 'prefill') slot.promptRead = part.done;
      if (part.type === 'token' || part.type === 'text') {
        if (first) metrics.timeToFirstToken((performance.now() - started) / 1000);
        first = false;
        slot.state = 'answering';
        slot.made++;
      }
      if (part.type === 'finish') {
        metrics.add('completion_tokens_total', part.usage.completionTokens);
        if (part.choice === 0) {
          metrics.add('prompt_tokens_total', part.usage.promptTokens);
          metrics.add('cached_tokens_total', part.usage.cachedTokens);
        }
      }
      yield each;
    }
    // A model may end its answer where another one throws.
    signal.throwIfAborted();
    ended = true;
  } catch (error) {
    ended = true;
    if (signal.aborted) {
      metrics.add('cancelled_total');
      if (stopping.aborted) throw new ApiError(503, 'the server is stopping', { code: 'stopping' });
      const message = `the request took longer than ${limits.deadlineMilliseconds} ms, or its client left`;
      throw new ApiError(408, message, { code: 'timeout', type: 'server_error' });
    }
    const told = apiErrorOf(error, entry.model.info.source);
    if (told.status === 429) metrics.add('rejected_total');
    if (told.status >= 500) log.failure(`a generation of ${entry.name}`, error);
    throw told;
  } finally {
    if (!ended) metrics.add('cancelled_total');
    own.abort();
    slot.close();
    release();
    metrics.requestDuration((performance.now() - started) / 1000);
  }
}

/** Parts of several streams as they come. */
async function* merged(sources: readonly AsyncIterable<GenerationPart>[]): AsyncGenerator<RunPart, void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = async (prompt: number) => ({ prompt, result: await iterators[prompt]!.next() });
  const pending = new Map(iterators.map((_, prompt) => [prompt, next(prompt)]));
  try {
    while (pending.size > 0) {
      const { prompt, result } = await Promise.race(pending.values());
      if (result.done) pending.delete(prompt);
      else {
        pending.set(prompt, next(prompt));
        yield { prompt, part: result.value };
      }
    }
  } finally {
    // Those that are still waited for end by the signal; nobody listens to how.
    for (const promise of pending.values()) promise.catch(() => {});
    for (const iterator of iterators) void iterator.return?.()?.catch(() => {});
  }
}
