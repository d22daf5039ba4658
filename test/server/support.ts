/** A server in this process, and requests to it. */
import { type LanguageModel, loadModel } from 'jambalaya';
import { type RunningServer, type ServeOptions, serve } from '../../src/server/index.js';
import { nano } from '../support/folders.js';

export const closers: (() => Promise<void>)[] = [];

/** Closes what the tests of a file opened. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export async function serveModel(model: LanguageModel, options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const server = await serve({ models: [{ name: 'nano', model }], port: 0, ...options });
  closers.push(() => server.close(0));
  return server;
}

/** The bundled model behind a server. */
export async function serveNano(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const model = await loadModel(nano);
  closers.push(() => model.dispose());
  return serveModel(model, options);
}

// biome-ignore lint/suspicious/noExplicitAny: answers of tests are looked into freely
export type Json = any;

export const post = (server: RunningServer, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export async function postJson(
  server: RunningServer,
  path: string,
  body: unknown,
): Promise<{ status: number; json: Json }> {
  const response = await post(server, path, body);
  return { status: response.status, json: await response.json() };
}

/** The events of a stream, without the last `[DONE]`, which has to be there. */
export async function events(server: RunningServer, path: string, body: object): Promise<Json[]> {
  const response = await post(server, path, { ...body, stream: true });
  const text = await response.text();
  if (!text.endsWith('data: [DONE]\n\n')) throw new Error(`the stream ends with ${text.slice(-200)}`);
  return text
    .split('\n\n')
    .slice(0, -2)
    .map((event) => JSON.parse(event.replace(/^data: /, '')) as Json);
}

export const user = (content: string) => [{ role: 'user', content }];
