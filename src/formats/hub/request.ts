/**
 * Requests to a hub: redirects followed by hand, so that the token goes to the hub alone; failures that may pass told
 * from those that will not; retries with growing waits; silence on the line counted as a lost connection.
 */
import { JambalayaError } from '../../errors/index.js';
import { shownName } from '../phrases.js';

export interface HubAccess {
  /** The hub's URL, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** What the caller asked for, in words. */
  readonly what: string;
  readonly attempts: number;
  readonly retryMilliseconds: number;
  readonly idleMilliseconds: number;
}

/** A failure that may pass by itself: a lost connection, an overloaded server. Never leaves this room. */
export class Interruption extends Error {
  /** How long the server asked us to wait. */
  readonly waitMilliseconds: number;

  constructor(message: string, waitMilliseconds = 0) {
    super(message);
    this.waitMilliseconds = waitMilliseconds;
  }
}

export interface HubAnswer {
  readonly response: Response;
  /** What the hub itself, rather than the storage that it redirects to, says of the file. */
  readonly etag: string | undefined;
  readonly size: string | undefined;
  readonly commit: string | undefined;
}

export interface ConnectionWatch {
  readonly signal: AbortSignal;
  /** Something arrived. */
  alive(): void;
  /** Ends the request, if it has not ended, and the watch. */
  end(): void;
}

/** A signal that fires when the caller stops, or when nothing has arrived for `idleMilliseconds`. */
export function watchConnection(access: HubAccess): ConnectionWatch {
  const controller = new AbortController();
  const stop = () => controller.abort();
  access.signal?.addEventListener('abort', stop);
  if (access.signal?.aborted) stop();
  const idle = () => controller.abort(new Interruption(`nothing arrived for ${access.idleMilliseconds} ms`));
  let timer = setTimeout(idle, access.idleMilliseconds);
  return {
    signal: controller.signal,
    alive() {
      clearTimeout(timer);
      timer = setTimeout(idle, access.idleMilliseconds);
    },
    end() {
      clearTimeout(timer);
      access.signal?.removeEventListener('abort', stop);
      controller.abort();
    },
  };
}

const redirects = new Set([301, 302, 303, 307, 308]);
const maxRedirects = 10;

/**
 * A GET that ends in a response of any status but a redirect or a passing failure.
 *
 * @param file what error messages call the thing that is asked for
 * @throws Interruption for what may pass, `download` for what will not
 */
export async function hubRequest(
  access: HubAccess,
  file: string,
  start: string,
  headers: Readonly<Record<string, string>>,
  watch: ConnectionWatch,
): Promise<HubAnswer> {
  const hub = new URL(access.endpoint).origin;
  let etag: string | undefined;
  let size: string | undefined;
  let commit: string | undefined;
  let url = new URL(start);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const trusted = url.origin === hub;
    const authorization = trusted && access.token ? { authorization: `Bearer ${access.token}` } : {};
    const response = await fetch(url, {
      headers: { ...headers, ...authorization },
      redirect: 'manual',
      signal: watch.signal,
    }).catch((error: unknown) => {
      throw lostConnection(file, url, error);
    });
    watch.alive();
    if (trusted) {
      etag ??= response.headers.get('x-linked-etag') ?? undefined;
      size ??= response.headers.get('x-linked-size') ?? undefined;
      commit ??= response.headers.get('x-repo-commit') ?? undefined;
    }
    const location = response.headers.get('location');
    if (!redirects.has(response.status) || location === null) {
      if (mayPass(response.status)) throw overloaded(response);
      return { response, etag, size, commit };
    }
    await response.body?.cancel();
    url = redirectTarget(file, url, location);
  }
  throw new JambalayaError('download', { file, reason: `more than ${maxRedirects} redirects` });
}

function redirectTarget(file: string, from: URL, location: string): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (target !== undefined && allowed.includes(target.protocol)) return target;
  throw new JambalayaError('download', { file, reason: `a redirect to ${shownName(location)}, which is not followed` });
}

/** Failures of a name or of a certificate, which the next attempt would meet again. */
const lasting = /^(ENOTFOUND|CERT_|ERR_TLS_|ERR_INVALID_URL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** What `fetch`, or reading its body, threw. */
export function lostConnection(file: string, url: URL, error: unknown): Error {
  if (error instanceof Interruption || error instanceof JambalayaError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = `${url.host}: ${code || (error as Error).message}`;
  if (!lasting.test(code)) return new Interruption(reason);
  return new JambalayaError('download', { file, reason }, { hint: 'Check the network, and HF_ENDPOINT if it is set.' });
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function overloaded(response: Response): Interruption {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  const wait = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 60) * 1000 : 0;
  return new Interruption(`status ${response.status}`, wait);
}

const hints: Readonly<Record<number, string>> = {
  401: 'Check the name ORG/NAME. A private or gated model needs an access token: set HF_TOKEN.',
  403: 'The model may be gated: accept its terms on its page, and set HF_TOKEN to a token of that account.',
  404: 'Check the name ORG/NAME and the revision.',
};

/** The error of a response whose status is not a success. */
export function refused(file: string, { response }: HubAnswer): JambalayaError<'download'> {
  const detail = response.headers.get('x-error-code');
  const reason = `status ${response.status}${detail === null ? '' : ` (${shownName(detail)})`}`;
  return new JambalayaError('download', { file, reason }, { hint: hints[response.status] });
}

/**
 * Repeats `attempt` until it succeeds, or has failed `attempts` times in a row without progress.
 *
 * @param progress a number that grows as long as attempts get further
 * @throws `aborted` when the caller stops, `download` when it gives up
 */
export async function withRetries<T>(
  access: HubAccess,
  file: string,
  attempt: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  let failures = 0;
  for (let furthest = progress(); ; furthest = Math.max(furthest, progress())) {
    try {
      throwIfStopped(access);
      return await attempt();
    } catch (error) {
      throwIfStopped(access);
      if (!(error instanceof Interruption)) throw error;
      failures = progress() > furthest ? 1 : failures + 1;
      if (failures >= access.attempts) {
        throw new JambalayaError(
          'download',
          { file, reason: `${error.message}, after ${failures} attempts` },
          { hint: 'Run the same command again later: it goes on from what has arrived.' },
        );
      }
      const backOff = Math.min(access.retryMilliseconds * 2 ** (failures - 1), 30_000);
      await pause(Math.max(backOff, error.waitMilliseconds), access.signal);
    }
  }
}

function throwIfStopped(access: HubAccess): void {
  if (access.signal?.aborted) throw new JambalayaError('aborted', { what: access.what });
}

/** Resolves after a time, or at once when `signal` fires. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}

/** A `fetch` for `@huggingface/hub`: with our token rule and retries, and our errors for every failure. */
export function apiFetch(access: HubAccess, file: string): typeof fetch {
  return (input) =>
    withRetries(access, file, async () => {
      const url = input instanceof Request ? input.url : String(input);
      const watch = watchConnection(access);
      try {
        const answer = await hubRequest(access, file, url, { accept: 'application/json' }, watch);
        if (!answer.response.ok) throw refused(file, answer);
        // Read here, so that a connection that breaks within the body is retried too.
        const body = await answer.response.arrayBuffer().catch((error: unknown) => {
          throw lostConnection(file, new URL(url), error);
        });
        return new Response(body, { status: 200, headers: answer.response.headers });
      } finally {
        watch.end();
      }
    });
}
