/** A server from its options to its end. */
import { listen, ownAddresses, playgroundFiles, residentBytes } from '#server/host';
import { JambalayaError } from '../errors/index.js';
import { createApp } from './app.js';
import type { ServerLog } from './context.js';
import { defaultLimits, type Limits } from './limits.js';
import { Metrics } from './metrics.js';
import { ModelRegistry, type ServedModel } from './models.js';
import { isLoopback, loopbackHosts } from './security.js';

export interface ServeOptions {
  /** At least one; a request without a name goes to the first. They stay the caller's. */
  readonly models: readonly ServedModel[];
  /** 0 picks a free one; 8080 by default. */
  readonly port?: number | undefined;
  /** 127.0.0.1 by default; another address wants a key. */
  readonly host?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Further names that the server is reached by. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of other sites whose pages may use it. */
  readonly origins?: readonly string[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly version?: string | undefined;
  readonly log?: ServerLog | undefined;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and gives running ones `graceMilliseconds` to end, 5,000 by default; then they are cancelled. */
  close(graceMilliseconds?: number): Promise<void>;
}

const silent: ServerLog = { failure: () => {} };

/** @throws `usage` for an address that is not the loopback without a key, and for names that are there twice */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { models, port = 8080, host = '127.0.0.1', apiKey, origins = [], version = '0', log = silent } = options;
  expectOptions(options);
  const limits = { ...defaultLimits, ...options.limits };
  const stopping = new AbortController();
  const hosts = [...loopbackHosts, ...(options.hosts ?? []), ...(isLoopback(host) ? [] : [host, ...ownAddresses()])];
  const context = {
    models: new ModelRegistry(models, limits),
    limits,
    metrics: new Metrics(),
    log,
    version,
    stopping: stopping.signal,
  };
  const security = { apiKey, origins, hosts: hosts.map((name) => name.toLowerCase()) };
  const app = createApp({ context, security, files: playgroundFiles(), residentBytes });
  const listening = await listen((request) => app.fetch(request), { host, port, limits }).catch((cause: Error) => {
    throw new JambalayaError('unavailable', { what: `${host}:${port}`, reason: cause.message }, { cause });
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${listening.port}`,
    port: listening.port,
    close: async (graceMilliseconds = 5000) => {
      const closed = listening.close();
      const timer = setTimeout(() => stopping.abort(), graceMilliseconds);
      // Streams that were told to stop get a moment to say so.
      const last = setTimeout(() => listening.closeNow(), graceMilliseconds + 1000);
      await closed;
      clearTimeout(timer);
      clearTimeout(last);
    },
  };
}

function expectOptions(options: ServeOptions): void {
  const { models } = options;
  const names = models.map(({ name }) => name);
  if (names.length === 0) refuse('models', 'at least one model', 'none');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse('models', 'a name for each', `\`${twice}\` twice`);
  expectSafeAddress(options);
}

/** @throws `usage` for an address that others can reach, without a key */
export function expectSafeAddress({ host = '127.0.0.1', apiKey }: Pick<ServeOptions, 'host' | 'apiKey'>): void {
  if (apiKey === '') refuse('apiKey', 'a key', 'an empty one');
  if (isLoopback(host) || apiKey !== undefined) return;
  refuse('host', 'a loopback address, or a key', host, 'set an API key (`--api-key`): others can reach this address');
}

function refuse(argument: string, expected: string, found: string, hint?: string): never {
  throw new JambalayaError('usage', { argument, expected, found }, { hint });
}
