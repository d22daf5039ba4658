/** Clients that people have, against the bundled model. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, streamText, type ToolSet } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server/index.js';
import { closeAll, serveNano, user } from './support.js';

let server: RunningServer;
beforeAll(async () => {
  server = await serveNano({ apiKey: 'secret' });
});
afterAll(closeAll);

const add = {
  name: 'add',
  description: 'Adds two numbers.',
  parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
} as const;
const question = 'What is 12 plus 30?';

describe('openai', () => {
  const client = () => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'secret' });

  it('lists models, chats, streams and completes', async () => {
    const models = await client().models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['nano']);
    const chat = await client().chat.completions.create({
      model: 'nano',
      messages: user('Repeat: blue green') as never,
      temperature: 0,
    });
    expect(chat.choices[0]!.message.content).toBe('blue green');
    expect(chat.usage).toMatchObject({ prompt_tokens: 16, completion_tokens: 2, total_tokens: 18 });
    const stream = await client().chat.completions.create({
      model: 'nano',
      messages: user('Repeat: blue green') as never,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('blue green');
    expect(usage).toMatchObject({ completion_tokens: 2 });
    const completion = await client().completions.create({
      model: 'nano',
      prompt: 'Once upon',
      max_tokens: 3,
      temperature: 0,
      echo: true,
    });
    expect(completion.choices[0]!.text).toMatch(/^Once upon a /);
  });

  it('calls tools, also in a stream', async () => {
    const request = {
      model: 'nano',
      messages: user(question) as never,
      temperature: 0,
      tools: [{ type: 'function', function: add } as never],
    };
    const answer = await client().chat.completions.create(request);
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    const [call] = answer.choices[0]!.message.tool_calls!;
    expect(call).toMatchObject({ type: 'function', function: { name: 'add', arguments: '{"a":12,"b":30}' } });
    const final = await client().chat.completions.stream(request).finalChatCompletion();
    expect(final.choices[0]!.message.tool_calls![0]).toMatchObject({
      function: { name: 'add', arguments: '{"a":12,"b":30}' },
    });
    // And goes on from what the tool said.
    const messages = [
      ...user(question),
      answer.choices[0]!.message,
      { role: 'tool', tool_call_id: call!.id, content: '42' },
    ];
    const next = await client().chat.completions.create({ ...request, messages: messages as never });
    expect(next.choices[0]!.message.content).toContain('42');
  });

  it('tells errors as its own', async () => {
    const wrong = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const bad = client().chat.completions.create({ model: 'nano', messages: [], temperature: 0 });
    await expect(bad).rejects.toMatchObject({ status: 400, param: 'messages' });
    await expect(client().models.retrieve('other')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe('ai', () => {
  const model = () =>
    createOpenAICompatible({ name: 'nano', baseURL: `${server.url}/v1`, apiKey: 'secret', includeUsage: true })('nano');

  it('generates, streams and calls tools', async () => {
    const { text } = await generateText({ model: model(), prompt: 'Repeat: blue green', temperature: 0 });
    expect(text).toBe('blue green');
    const stream = streamText({ model: model(), prompt: 'Repeat: blue green', temperature: 0 });
    let streamed = '';
    for await (const piece of stream.textStream) streamed += piece;
    expect(streamed).toBe('blue green');
    expect((await stream.usage).outputTokens).toBe(2);
    const tools: ToolSet = { add: { description: add.description, inputSchema: jsonSchema(add.parameters as never) } };
    const called = await generateText({ model: model(), prompt: question, temperature: 0, tools });
    expect(called.toolCalls[0]).toMatchObject({ toolName: 'add', input: { a: 12, b: 30 } });
  });
});

describe('LangChain', () => {
  it('invokes, streams and binds tools', async () => {
    const model = new ChatOpenAI({
      model: 'nano',
      temperature: 0,
      apiKey: 'secret',
      configuration: { baseURL: `${server.url}/v1` },
    });
    expect((await model.invoke('Repeat: blue green')).content).toBe('blue green');
    let text = '';
    for await (const chunk of await model.stream('Repeat: blue green')) text += chunk.content as string;
    expect(text).toBe('blue green');
    const called = await model.bindTools([{ type: 'function', function: add }]).invoke(question);
    expect(called.tool_calls).toMatchObject([{ name: 'add', args: { a: 12, b: 30 } }]);
  });
});

describe('curl', () => {
  it('streams', async () => {
    const body = JSON.stringify({ messages: user('Repeat: blue green'), temperature: 0, stream: true });
    const headers = ['-H', 'content-type: application/json', '-H', 'authorization: Bearer secret'];
    const { stdout } = await promisify(execFile)('curl', [
      '-sN',
      ...headers,
      '-d',
      body,
      `${server.url}/v1/chat/completions`,
    ]);
    const text = [...stdout.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');
    expect(text).toBe('blue green');
    expect(stdout.trimEnd()).toMatch(/data: \[DONE\]$/);
  });
});
