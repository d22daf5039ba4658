/**
 * Server: models over HTTP, in the words of OpenAI's API. It validates and delegates; all it knows of a model is
 * `LanguageModel`, so that one that runs here, one behind another server, and one that is made of others are served alike.
 *
 * ```ts
 * const model = await loadModel('models/nano');
 * const server = await serve({ models: [{ name: 'nano', model }], port: 0 });
 * console.log(server.url); // http://127.0.0.1:…
 * await server.close();
 * ```
 *
 * It refuses other sites' pages, hosts that it was not told of, and any address but the loopback without a key. Start with
 * `app.ts`, then `chat.ts` and `run.ts`.
 */

export { defaultLimits, type Limits } from './limits.js';
export type { ServedModel } from './models.js';
export { expectSafeAddress, type RunningServer, type ServeOptions, serve } from './serve.js';
