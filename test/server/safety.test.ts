/** What the server refuses, and what no client can do to it or to others. A scripted model answers. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { type GenerateRequest, type GenerationPart, type LanguageModel, RecordingModel } from 'jambalaya';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server/index.js';
import { closeAll, events, post, postJson, serveModel, user } from './support.js';

afterEach(closeAll);

const says = () => new RecordingModel(() => 'hello there');
const chat = { messages: user('hi') };
const json = { 'content-type': 'application/json' };

/** A request with headers that `fetch` does not let through. */
const raw = (server: RunningServer, { path = '/health', method = 'GET', headers = {}, body = '' }) =>
  new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: server.port, path, method, headers, setHost: !('host' in headers) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }));
      },
    );
    sent.on('error', reject).end(body);
  });

/** What is sent and comes back byte by byte. */
const bytes = (server: RunningServer, sent: string) =>
  new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(sent));
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    socket.on('close', () => resolve(text)).on('error', () => {});
  });

/** A model that answers for ever, and counts how many of its answers run. */
class Endless implements LanguageModel {
  readonly info = { source: 'endless' };
  readonly facets: LanguageModel['facets'] = new Set();
  running = 0;
  ended = 0;

  constructor(private readonly words = 50) {}

  async *generate(
    _request: GenerateRequest,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<GenerationPart, void> {
    this.running++;
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (signal?.aborted) return;
        yield { type: 'text', choice: 0, text: 'word '.repeat(this.words) };
      }
    } finally {
      this.running--;
      this.ended++;
    }
  }

  complete(): never {
    throw new Error('not asked for');
  }

  async dispose(): Promise<void> {}
}

const until = async (condition: () => boolean) => {
  for (let tries = 0; tries < 2000 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
};

describe('sites', () => {
  it('that lead another name to us are refused, before anything is routed (as in CVE-2024-28224)', async () => {
    const server = await serveModel(says());
    for (const host of ['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'localhost.', '[::2]']) {
      for (const path of ['/health', '/v1/models', '/', '/nothing']) {
        const { status, text } = await raw(server, { path, headers: { host } });
        expect([status, JSON.parse(text).error.code], `${host} ${path}`).toEqual([403, 'unknown_host']);
      }
    }
    expect((await raw(server, { headers: { host: '' } })).status).toBe(400);
    for (const host of ['localhost', 'LOCALHOST:1', `127.0.0.1:${server.port}`, '[::1]:7']) {
      expect((await raw(server, { headers: { host } })).status).toBe(200);
    }
    const named = await serveModel(says(), { hosts: ['my.box'] });
    expect((await raw(named, { headers: { host: 'my.box:99' } })).status).toBe(200);
  });

  it('of other origins get nothing, and no leave to read, unless they were allowed', async () => {
    const server = await serveModel(says(), { origins: ['https://good.example'] });
    const ask = (origin: string, method = 'GET') => raw(server, { path: '/v1/models', method, headers: { origin } });
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      const { status, headers } = await ask(origin);
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    expect((await ask(`http://127.0.0.1:${server.port}`)).status).toBe(200);
    const good = await ask('https://good.example');
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([200, 'https://good.example']);
    expect((await ask('https://good.example', 'OPTIONS')).status).toBe(204);
  });

  it('cannot post forms', async () => {
    const server = await serveModel(says());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
      const { status } = await raw(server, {
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(chat),
      });
      expect(status, type).toBe(415);
    }
  });
});

describe('the key', () => {
  it('covers everything but health, whatever the path looks like (as in CVE-2026-29087)', async () => {
    const server = await serveModel(says(), { apiKey: 'secret' });
    expect((await raw(server, {})).status).toBe(200);
    for (const path of [
      '/v1/models',
      '/metrics',
      '/slots',
      '/props',
      '/v1%2Fmodels',
      '/%2e%2e/v1/models',
      '//v1/models',
      '/health/../v1/models',
      '/health%2f..%2fmetrics',
      '/nothing',
    ]) {
      const { status, text } = await raw(server, { path });
      expect([status, JSON.parse(text).error.code], path).toEqual([401, 'invalid_api_key']);
    }
    for (const authorization of [
      'secret',
      'Bearer wrong',
      'Bearer secre',
      'Bearer secrets',
      'Bearer ',
      'Basic secret',
    ]) {
      expect((await raw(server, { path: '/v1/models', headers: { authorization } })).status, authorization).toBe(401);
    }
    for (const headers of [
      { authorization: 'Bearer secret' },
      { authorization: 'bearer secret' },
      { 'x-api-key': 'secret' },
    ]) {
      expect((await raw(server, { path: '/v1/models', headers })).status).toBe(200);
    }
  });
});

describe('limits', () => {
  it('hold for bodies, headers, and what is no HTTP (as in CVE-2025-48956)', async () => {
    const server = await serveModel(says(), { limits: { bodyBytes: 2000 } });
    const large = await postJson(server, '/v1/chat/completions', { messages: user('x'.repeat(3000)) });
    expect([large.status, large.json.error.code]).toEqual([413, 'too_large']);
    const head = `GET /health HTTP/1.1\r\nhost: localhost\r\nx-large: ${'a'.repeat(40_000)}\r\n\r\n`;
    expect(await bytes(server, head)).toMatch(/^HTTP\/1\.1 431 .*"error"/s);
    expect(await bytes(server, 'rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"error"/s);
    expect((await postJson(server, '/v1/chat/completions', chat)).status).toBe(200);
  });

  it('hold for numbers that nobody means (as in CVE-2026-21869)', async () => {
    const model = says();
    const server = await serveModel(model);
    const fields = {
      max_tokens: -1,
      n: -1,
      top_k: -5,
      seed: 1.5,
      top_logprobs: -1,
      temperature: '1',
      n_discard: -9,
      logit_bias: [[1, 2]],
    };
    for (const [field, value] of Object.entries(fields)) {
      const { status, json: answer } = await postJson(server, '/v1/chat/completions', {
        ...chat,
        logprobs: true,
        [field]: value,
      });
      // What is no field of ours has no effect.
      expect([status, answer.error?.param], field).toEqual(field === 'n_discard' ? [200, undefined] : [400, field]);
    }
    expect(model.requests).toHaveLength(1);
    expect(Object.keys(model.requests[0]!)).not.toContain('n_discard');
  });

  it('hold for schemas of tools, which are data (as in CVE-2025-48944)', async () => {
    const server = await serveModel(says());
    for (const parameters of [{ type: 'nonsense' }, { type: 'string', pattern: '(' }, { type: ['object', 7] }]) {
      const tools = [{ type: 'function', function: { name: 'f', parameters } }];
      expect((await postJson(server, '/v1/chat/completions', { ...chat, tools })).status).toBe(200);
    }
    const tools = [{ type: 'function', function: { name: 'f', parameters: 7 } }];
    expect((await postJson(server, '/v1/chat/completions', { ...chat, tools })).status).toBe(400);
  });

  it('hold for variables of templates, which cannot take the place of the messages (as in CVE-2025-62426)', async () => {
    const model = says();
    const server = await serveModel(model);
    const variables = { messages: [], tools: 'x', chat_template: '{{ 1 }}', tokenize: false };
    const { status } = await postJson(server, '/v1/chat/completions', { ...chat, chat_template_kwargs: variables });
    expect(status).toBe(200);
    const { prompt } = model.requests[0]!;
    expect(prompt).toMatchObject({ messages: [{ role: 'user', content: 'hi' }] });
  });

  it('hold for the queue: who comes too many is told when to come again', async () => {
    const model = new Endless();
    const server = await serveModel(model, { limits: { running: 1, queued: 1 } });
    const stop = new AbortController();
    const open = () =>
      fetch(`${server.url}/v1/completions`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ prompt: 'x', stream: true }),
        signal: stop.signal,
      });
    const first = await open();
    expect(first.status).toBe(200);
    const queued = open();
    queued.catch(() => {});
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
    for (let tries = 0; tries < 500 && !(await metrics()).includes('requests_waiting 1'); tries++);
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    // A queued client that leaves is forgotten, and the running one goes on.
    const reader = first.body!.getReader();
    expect((await reader.read()).done).toBe(false);
    stop.abort();
    await until(() => model.running === 0);
    expect(model.ended).toBe(1);
  });
});

describe('clients that leave or do not read', () => {
  it('end their answers, streamed and not', async () => {
    const model = new Endless();
    const server = await serveModel(model);
    for (const stream of [true, false]) {
      const stop = new AbortController();
      const asked = fetch(`${server.url}/v1/completions`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ prompt: 'x', stream }),
        signal: stop.signal,
      });
      asked.catch(() => {});
      await until(() => model.running === 1);
      stop.abort();
      await until(() => model.running === 0);
    }
    expect(await (await fetch(`${server.url}/slots`)).json()).toEqual([]);
  });

  it('take no memory without bound: an unread stream is ended', async () => {
    const model = new Endless(20_000);
    const server = await serveModel(model, { limits: { unreadBytes: 50_000 } });
    const body = JSON.stringify({ prompt: 'x', stream: true });
    const socket = connect(server.port, '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => model.running === 1);
    await until(() => model.ended === 1);
    socket.destroy();
  });

  it('are ended by the deadline', async () => {
    const model = new Endless();
    const server = await serveModel(model, { limits: { deadlineMilliseconds: 50 } });
    const { status, json: answer } = await postJson(server, '/v1/completions', { prompt: 'x' });
    expect([status, answer.error.code]).toEqual([408, 'timeout']);
    expect(model.running).toBe(0);
  });
});

describe('what goes wrong inside', () => {
  it('is told without particulars, in the log with them, and never with the prompt', async () => {
    const model = new RecordingModel(() => {
      throw new Error('segment 7 of /secret/path');
    });
    const failures: string[] = [];
    const server = await serveModel(model, { log: { failure: (what, error) => failures.push(`${what}: ${error}`) } });
    const { status, json: answer } = await postJson(server, '/v1/chat/completions', {
      messages: user('my private words'),
    });
    expect([status, answer.error.type]).toEqual([500, 'server_error']);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(failures.join()).toContain('segment 7');
    expect(failures.join()).not.toContain('private');
  });

  it('ends a stream with an error that clients read', async () => {
    const model = new Endless();
    model.generate = async function* () {
      yield { type: 'text', choice: 0, text: 'a' };
      throw new Error('broken');
    };
    const server = await serveModel(model);
    const text = await (await post(server, '/v1/completions', { prompt: 'x', stream: true })).text();
    expect(text).toContain('"text":"a"');
    expect(text).toMatch(/data: \{"error":\{"message":"the server failed[^\n]*\n\n$/);
  });

  it('of one request takes no other down', async () => {
    let asked = 0;
    const server = await serveModel(
      new RecordingModel(() => {
        if (asked++ % 2 === 0) throw new Error('odd one out');
        return 'fine';
      }),
    );
    const statuses = await Promise.all(
      [1, 2, 3, 4].map(async () => (await postJson(server, '/v1/chat/completions', chat)).status),
    );
    expect(statuses.sort()).toEqual([200, 200, 500, 500]);
  });
});

describe('any LanguageModel', () => {
  it('is served by its name', async () => {
    const models = ['a', 'b'].map((name) => ({ name, model: new RecordingModel(() => `I am ${name}`), ownedBy: 'me' }));
    const server = await serveModel(says(), { models });
    for (const name of ['a', 'b']) {
      const { json: answer } = await postJson(server, '/v1/chat/completions', { ...chat, model: name });
      expect(answer.choices[0].message.content).toBe(`I am ${name}`);
    }
    const streamed = await events(server, '/v1/chat/completions', { ...chat, model: 'b' });
    expect(streamed.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe('I am b');
    const embedding = await postJson(server, '/v1/embeddings', { input: 'x' });
    expect([embedding.status, embedding.json.error.code]).toEqual([400, 'unsupported']);
  });

  it('embeds where it can, as numbers and as bytes', async () => {
    const embed = async (inputs: readonly unknown[]) => ({
      vectors: inputs.map((_, i) => Float32Array.of(i, 0.5)),
      pooling: 'mean',
      tokens: 3,
    });
    const server = await serveModel(new RecordingModel([], { facets: { embed } }));
    const { json: answer } = await postJson(server, '/v1/embeddings', { input: ['a', 'b'] });
    expect(answer.data.map(({ embedding }: { embedding: number[] }) => embedding)).toEqual([
      [0, 0.5],
      [1, 0.5],
    ]);
    expect(answer).toMatchObject({ pooling: 'mean', usage: { prompt_tokens: 3 } });
    const coded = await postJson(server, '/v1/embeddings', { input: 'a', encoding_format: 'base64' });
    expect([...new Float32Array(new Uint8Array(Buffer.from(coded.json.data[0].embedding, 'base64')).buffer)]).toEqual([
      0, 0.5,
    ]);
  });
});
