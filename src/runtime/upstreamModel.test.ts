import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamModel } from './upstreamModel.js';

type Handler = (body: Record<string, unknown>, response: ServerResponse, request: IncomingMessage) => void;
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A model whose server does what the test says. */
async function upstream(handle: Handler): Promise<UpstreamModel> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    handle(JSON.parse(text), response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new UpstreamModel({ url: `http://127.0.0.1:${port}/v1`, model: 'm', apiKey: 'secret' });
}
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };

describe('UpstreamModel', () => {
  it('asks for a chat in the words of the interface and reads text, calls and usage', async () => {
    let asked: unknown;
    const model = await upstream((body, response, { url, headers }) => {
      asked = { url, key: headers.authorization, body };
      const call = (index: number, part: object) =>
        event({ choices: [{ index: 0, delta: { tool_calls: [{ index, ...part }] } }] });
      const stream = [
        event({ choices: [{ index: 0, delta: { role: 'assistant', content: 'a 🍵' } }] }),
        call(0, { function: { name: 'f', arguments: '{"x"' } }),
        call(0, { function: { arguments: ':1}' } }),
        call(1, { function: { name: 'g', arguments: '{}' } }),
        event({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
        event({ choices: [], usage }),
        'data: [DONE]\n\n',
      ].join('');
      // Cut within characters and within events.
      const bytes = Buffer.from(stream);
      const cut = bytes.indexOf(Buffer.from('🍵')) + 2;
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    });
    const prompt = {
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ type: 'function' }],
      knobs: { is_set: true },
    };
    const answer = await model.complete({ prompt, maxTokens: 5, topK: 4, schema: { type: 'object' } });
    expect(answer).toMatchObject({
      text: 'a 🍵',
      reason: 'stop',
      toolCalls: [
        { name: 'f', arguments: '{"x":1}' },
        { name: 'g', arguments: '{}' },
      ],
      usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 2 },
    });
    expect(asked).toMatchObject({
      url: '/v1/chat/completions',
      key: 'Bearer secret',
      body: {
        messages: prompt.messages,
        tools: prompt.tools,
        chat_template_kwargs: { knobs: { is_set: true } },
        max_tokens: 5,
        top_k: 4,
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      },
    });
  });

  it('completes text and ids', async () => {
    const prompts: unknown[] = [];
    const model = await upstream(({ prompt }, response) => {
      prompts.push(prompt);
      response.end(event({ choices: [{ text: 'x', finish_reason: 'length' }], usage }));
    });
    expect(await model.complete({ prompt: 'a', maxTokens: 1 })).toMatchObject({ text: 'x', reason: 'length' });
    await model.complete({ prompt: [4, 5], maxTokens: 1 });
    expect(prompts).toEqual(['a', [4, 5]]);
  });

  it('tells what goes wrong by its kind', async () => {
    const bad = await upstream((_, response) => {
      response.writeHead(400).end('{"error":{"message":"too long"}}');
    });
    const ask = { prompt: 'a', maxTokens: 1 };
    await expect(bad.complete(ask)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('too long'),
    });
    const broken = await upstream((_, response) => response.end(event({ choices: [{ text: 'x' }] })));
    await expect(broken.complete(ask)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('broke off'),
    });
    const failing = await upstream((_, response) => response.writeHead(503).end('busy'));
    await expect(failing.complete(ask)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('HTTP 503: busy'),
    });
    const rubbish = await upstream((_, response) => response.end('data: {oops\n\n'));
    await expect(rubbish.complete(ask)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no JSON'),
    });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const gone = new UpstreamModel({ url: `http://127.0.0.1:${port}/v1`, model: 'm' });
    await expect(gone.complete(ask)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(gone.complete({ ...ask, saveState: true })).rejects.toMatchObject({
      code: 'unavailable',
      fields: { what: 'saveState' },
    });
  });

  it('stops when it is told to', async () => {
    const model = await upstream((_, response) => response.write(event({ choices: [{ text: 'x' }] })));
    const stop = new AbortController();
    const texts: string[] = [];
    const reading = (async () => {
      for await (const part of model.generate({ prompt: 'a', maxTokens: 9 }, { signal: stop.signal })) {
        if (part.type === 'text') texts.push(part.text);
        stop.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    expect(texts).toEqual(['x']);
  });

  it('embeds', async () => {
    const model = await upstream(({ input }, response) => {
      const data = (input as string[]).map((text) => ({ embedding: [text.length, 0.5] }));
      response.end(JSON.stringify({ data, usage: { prompt_tokens: 3 } }));
    });
    const { vectors, tokens } = await model.embed(['a', 'bcd']);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 0.5],
      [3, 0.5],
    ]);
    expect(tokens).toBe(3);
  });
});
