/** Routes, and what every request passes on its way to them. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError, apiErrorOf } from './apiError.js';
import { parseBody } from './body.js';
import { chatCompletions } from './chat.js';
import { completions } from './completions.js';
import type { ServerContext } from './context.js';
import { embeddings } from './embeddings.js';
import { corsHeaders, expectJson, expectKey, expectKnownSite, type SecurityOptions } from './security.js';
import { type StaticFiles, staticResponse } from './staticFiles.js';
import { health, listModels, metricsText, oneModel, props, slots } from './status.js';
import { applyTemplate, detokenize, inputTokens, tokenize } from './tokens.js';

export interface AppOptions {
  readonly context: ServerContext;
  readonly security: SecurityOptions;
  readonly files: StaticFiles;
  /** What the process takes, where that is known. */
  readonly residentBytes: () => number | undefined;
}

type Handler = (context: ServerContext, body: Record<string, unknown>, client: AbortSignal) => Promise<Response>;

/** Every path with a body; those of llama-server and of vLLM without `/v1`, too. */
const posts: Readonly<Record<string, Handler>> = {
  '/v1/chat/completions': chatCompletions,
  '/chat/completions': chatCompletions,
  '/v1/chat/completions/input_tokens': inputTokens,
  '/v1/completions': completions,
  '/v1/embeddings': embeddings,
  '/embeddings': embeddings,
  '/tokenize': tokenize,
  '/detokenize': detokenize,
  '/apply-template': applyTemplate,
};

export function createApp({ context, security, files, residentBytes }: AppOptions): Hono {
  const app = new Hono();
  const gets: Readonly<Record<string, (c: Context) => Response | Promise<Response>>> = {
    '/health': health,
    '/v1/health': health,
    '/v1/models': () => listModels(context),
    '/models': () => listModels(context),
    '/v1/models/:name{.+}': (c) => oneModel(context, c.req.param('name')!),
    '/metrics': () => metricsText(context, residentBytes()),
    '/props': () => props(context, residentBytes()),
    '/slots': () => slots(context),
  };
  const isPublic = (path: string) => path === '/health' || path === '/v1/health' || files.has(path);

  app.use(async (c, next) => {
    const { raw, method, path } = c.req;
    expectKnownSite(raw, security);
    const cors = corsHeaders(raw, security);
    if (method === 'OPTIONS' && 'access-control-allow-origin' in cors) return c.body(null, 204, cors);
    if (!isPublic(path)) await expectKey(raw, security);
    if (method === 'POST') expectJson(raw);
    await next();
    for (const [name, value] of Object.entries(cors)) c.res.headers.set(name, value);
    c.res.headers.set('x-content-type-options', 'nosniff');
    c.res.headers.set('referrer-policy', 'no-referrer');
    return undefined;
  });
  const { bodyBytes } = context.limits;
  app.use(
    bodyLimit({
      maxSize: bodyBytes,
      onError: () => answer(new ApiError(413, `a request has at most ${bodyBytes} bytes`, { code: 'too_large' })),
    }),
  );

  for (const [path, handle] of Object.entries(posts)) {
    app.post(path, async (c) => {
      const body = parseBody(await c.req.text(), context.limits.depth);
      return counted(path, await handle(context, body, c.req.raw.signal));
    });
    app.all(path, () => answer(wrongMethod('POST')));
  }
  for (const [path, handle] of Object.entries(gets)) {
    app.get(path, async (c) => counted(path, await handle(c)));
    app.all(path, () => answer(wrongMethod('GET')));
  }
  app.get('*', (c, next) => {
    const file = files.get(c.req.path);
    return file === undefined ? next() : Promise.resolve(staticResponse(file));
  });
  app.notFound((c) =>
    answer(new ApiError(404, `there is no \`${c.req.method} ${c.req.path.slice(0, 200)}\``, { code: 'not_found' })),
  );
  app.onError((error, c) => {
    const told = apiErrorOf(error);
    const route = c.req.path in posts ? c.req.path : 'other';
    context.metrics.answered(route, told.status);
    if (told.status === 500) context.log.failure(`${c.req.method} ${route}`, error);
    const response = answer(told);
    for (const [name, value] of Object.entries(corsHeaders(c.req.raw, security))) response.headers.set(name, value);
    return response;
  });
  return app;

  function counted(route: string, response: Response): Response {
    context.metrics.answered(route, response.status);
    return response;
  }
}

const answer = (error: ApiError): Response =>
  Response.json(error.body, { status: error.status, headers: { ...error.detail.headers } });

const wrongMethod = (allow: string) =>
  new ApiError(405, `only ${allow} is possible here`, { code: 'method_not_allowed', headers: { allow } });
