import { basename } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { AssistantModel } from '../mrkl/index.js';
import { adaptedModel, type LanguageModel, loadModel, UpstreamModel } from '../runtime/index.js';
import { expectSafeAddress, serve as startServer } from '../server/index.js';
import { bundledModel } from './modelChoice.js';
import { type ModelOptions, modelOptions } from './options.js';
import { Output } from './output.js';
import { version } from './version.js';

interface ServeCommand extends Omit<ModelOptions, 'adapter'> {
  /** `MODEL:NAME=DIR` each. */
  readonly adapter?: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly apiKey?: string;
  readonly allowedHost?: readonly string[];
  readonly allowedOrigin?: readonly string[];
  readonly context?: number;
  readonly cache: number;
  readonly cacheDir?: string;
  readonly json?: boolean;
}

/** Exact experts under the name of a model. */
const assistantName = 'mrkl';

/** `NAME=MODEL`, or a model under its own name. */
export function namedModel(argument: string): { name: string; model: string } {
  const [, name, named] = /^([^=/\\]+)=(.+)$/.exec(argument) ?? [];
  if (name !== undefined) return { name, model: named! };
  return { name: basename(argument.replace(/[/\\]+$/, '')).replace(/\.gguf$/i, ''), model: argument };
}

/** Folders of adapters by their names, by the names of their models. */
export function namedAdapters(given: readonly string[]): Map<string, Record<string, string>> {
  const adapters = new Map<string, Record<string, string>>();
  for (const argument of given) {
    const [, model, name, folder] = /^([^:=]+):([^:=]+)=(.+)$/.exec(argument) ?? [];
    if (model === undefined || name === undefined || folder === undefined) {
      throw new JambalayaError('usage', { argument: 'adapter', expected: 'MODEL:NAME=DIR', found: argument });
    }
    adapters.set(model, { ...adapters.get(model), [name]: folder });
  }
  return adapters;
}

/** Serves until SIGTERM or Ctrl-C; running answers get some seconds to end. */
export async function serve(models: readonly string[], options: ServeCommand): Promise<void> {
  const apiKey = options.apiKey ?? process.env.JAMBALAYA_API_KEY;
  expectSafeAddress({ host: options.host, apiKey });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve();
        // The second one does not wait.
        process.once(signal, () => process.exit(1));
      });
    }
  });
  const loaded: { name: string; model: LanguageModel; contextLength: number | undefined }[] = [];
  try {
    const adapters = namedAdapters(options.adapter ?? []);
    for (const argument of models.length === 0 ? [bundledModel, assistantName] : models) {
      const { name, model } = namedModel(argument);
      const own = adapters.get(name);
      const served = model === assistantName ? new AssistantModel() : await load(name, model, options, own);
      loaded.push({ name, model: served, contextLength: options.context });
      for (const adapter of Object.keys(own ?? {})) {
        loaded.push({
          name: `${name}:${adapter}`,
          model: adaptedModel(served, adapter),
          contextLength: options.context,
        });
      }
      adapters.delete(name);
    }
    for (const model of adapters.keys()) {
      const expected = `a model that is served: ${loaded.map(({ name }) => name).join(', ')}`;
      throw new JambalayaError('usage', { argument: 'adapter', expected, found: model });
    }
    const server = await startServer({
      models: loaded,
      port: options.port,
      host: options.host,
      apiKey,
      hosts: options.allowedHost,
      origins: options.allowedOrigin,
      version,
      log: {
        failure: (what, error) =>
          tell(options, { event: 'failure', what, error: messageOf(error) }, `${what}: ${messageOf(error)}`),
      },
    });
    const names = loaded.map(({ name }) => name).join(', ');
    if (options.json) Output.json({ url: server.url, models: loaded.map(({ name }) => name) });
    else Output.line(`jambalaya serves ${names} on ${server.url}`);
    await stopped;
    tell(options, { event: 'stopping' }, 'stopping: running answers have 5 s to end');
    await server.close();
  } finally {
    for (const { model } of loaded) await model.dispose();
  }
}

async function load(
  name: string,
  folder: string,
  options: ServeCommand,
  adapters?: Readonly<Record<string, string>>,
): Promise<LanguageModel> {
  if (/^https?:/i.test(folder)) {
    if (adapters === undefined) return upstream(name, folder, options);
    const expected = 'a model that runs here';
    throw new JambalayaError('usage', { argument: 'adapter', expected, found: `${name} at ${folder}` });
  }
  const { adapter: _, ...loading } = options;
  const model = await loadModel(folder, {
    ...modelOptions(loading),
    cacheBytes: options.cache,
    cacheFolder: options.cacheDir,
    adapters,
  });
  if (!model.facets.has('state') && !model.facets.has('embed')) {
    await model.dispose();
    throw new JambalayaError('unavailable', {
      what: `serving ${name}`,
      reason: 'the model neither continues a text nor embeds one',
    });
  }
  const { device, isa, threads, loadSeconds } = model.info;
  const where = `${device} ${isa}, ${threads} threads`;
  tell(
    options,
    { event: 'loaded', name, ...model.info },
    `${name}: ${folder} on ${where}, loaded in ${loadSeconds.toFixed(1)} s`,
  );
  return model;
}

/** A model of another server, by the address of its API and, after a `#`, its name there. */
function upstream(name: string, address: string, options: ServeCommand): LanguageModel {
  const [url, model = name] = address.split('#') as [string, string?];
  tell(options, { event: 'upstream', name, url }, `${name}: ${model} at ${url}`);
  const apiKey = process.env.JAMBALAYA_UPSTREAM_KEY;
  return new UpstreamModel({ url, model, apiKey, contextLength: options.context });
}

/** A line of the log: JSON or words, always on stderr. */
function tell({ json }: ServeCommand, event: object, words: string): void {
  Output.note(json ? JSON.stringify({ time: new Date().toISOString(), ...event }) : words);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
