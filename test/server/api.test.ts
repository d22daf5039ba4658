/** What the routes answer, on the bundled model. */
import { type LocalModel, loadModel } from 'jambalaya';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server/index.js';
import { nano } from '../support/folders.js';
import { closeAll, closers, events, type Json, post, postJson, serveModel, user } from './support.js';

let model: LocalModel;
let server: RunningServer;
beforeAll(async () => {
  model = await loadModel(nano, { cacheBytes: 1e8 });
  closers.push(() => model.dispose());
  server = await serveModel(model);
});
afterAll(closeAll);

const chat = (body: object) => postJson(server, '/v1/chat/completions', body);
const complete = (body: object) => postJson(server, '/v1/completions', body);
const repeat = { messages: user('Repeat: blue green'), temperature: 0 };
const text = 'Once upon a time';
const schema = (form: object) => ({ type: 'json_schema', json_schema: { name: 'answer', schema: form } });

describe('chat completions', () => {
  it('answer with usage', async () => {
    const { status, json } = await chat(repeat);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      object: 'chat.completion',
      model: 'nano',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'blue green' }, finish_reason: 'stop', logprobs: null },
      ],
      usage: {
        prompt_tokens: 16,
        completion_tokens: 2,
        total_tokens: 18,
        prompt_tokens_details: { cached_tokens: expect.any(Number) },
      },
    });
  });

  it('stream the same: a role, the text, a reason, the usage', async () => {
    const chunks = await events(server, '/v1/chat/completions', { ...repeat, stream_options: { include_usage: true } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('blue green');
    expect(chunks.at(-2).choices[0]).toMatchObject({ finish_reason: 'stop', delta: {} });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    const plain = await events(server, '/v1/chat/completions', repeat);
    expect(plain.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  it('take content as null and as parts, null for every default, and documents', async () => {
    const parts = [
      { type: 'text', text: 'Repeat: blue' },
      { type: 'text', text: ' green' },
    ];
    const nulls = {
      max_tokens: null,
      stop: null,
      seed: null,
      logit_bias: null,
      tools: null,
      response_format: null,
      n: null,
    };
    const { json } = await chat({ messages: [{ role: 'user', content: parts }], temperature: 0, ...nulls });
    expect(json.choices[0].message.content).toBe('blue green');
    const documents = [{ title: 'Tea', text: 'Tea is made of leaves.' }];
    const cited = { documents, chat_template_kwargs: { knobs: { is_set: true, citation_mode: 'fast' } } };
    const rendered = await postJson(server, '/apply-template', { messages: user('What is tea made of?'), ...cited });
    expect(rendered.json.prompt).toContain('Text: Tea is made of leaves.');
    expect(rendered.json.prompt).toContain('Citation Mode');
    const bare = await postJson(server, '/apply-template', {
      messages: [{ role: 'assistant', content: null }, ...user('x')],
    });
    expect(bare.status).toBe(200);
  });

  it('report the stop string that matched, and hold it back in a stream', async () => {
    const { json } = await chat({ ...repeat, stop: ['zebra', 'e gr'] });
    expect(json.choices[0]).toMatchObject({ message: { content: 'blu' }, finish_reason: 'stop', stop_reason: 'e gr' });
    const chunks = await events(server, '/v1/chat/completions', { ...repeat, stop: 'e gr', logprobs: true });
    const pieces = chunks.map(({ choices }) => choices[0].delta.content ?? '');
    expect(pieces.join('')).toBe('blu');
    // One entry for each token, also for those whose text is held back.
    expect(chunks.flatMap(({ choices }) => choices[0].logprobs?.content ?? [])).toHaveLength(2);
  });

  it('tell log probabilities with exact bytes, of characters over several tokens, too', async () => {
    const ids: number[] = await model.tokenize(' 🍵');
    const bias = Object.fromEntries(ids.map((id) => [id, 50]));
    const { json } = await chat({
      ...repeat,
      max_tokens: 6,
      logprobs: true,
      top_logprobs: 3,
      logit_bias: bias,
      temperature: 1,
      seed: 2,
    });
    const { content } = json.choices[0].logprobs;
    expect(content).toHaveLength(6);
    const bytes = content.flatMap((entry: Json) => entry.bytes);
    expect(new TextDecoder().decode(Uint8Array.from(bytes)).trimStart()).toBe(json.choices[0].message.content);
    for (const { top_logprobs: top } of content) expect(top).toHaveLength(3);
    for (const { logprob } of content) expect(logprob).toBeLessThanOrEqual(0);
  });

  it('give several choices, the first as if it were alone', async () => {
    const drawn = { messages: user('Tell me a story.'), temperature: 5, seed: 9, max_tokens: 8 };
    const one = await chat(drawn);
    const three = await chat({ ...drawn, n: 3 });
    const contents = three.json.choices.map((choice: Json) => choice.message.content);
    expect(contents[0]).toBe(one.json.choices[0].message.content);
    expect(new Set(contents).size).toBe(3);
    expect(three.json.usage.prompt_tokens).toBe(one.json.usage.prompt_tokens);
    const chunks = await events(server, '/v1/chat/completions', { ...drawn, n: 3 });
    const streamed = [0, 1, 2].map((index) =>
      chunks.map(({ choices }) => (choices[0].index === index ? (choices[0].delta.content ?? '') : '')).join(''),
    );
    expect(streamed).toEqual(contents);
  });

  it('draw anew without a seed, and the same with one', async () => {
    const drawn = { messages: user('Tell me a story.'), temperature: 1.5, max_tokens: 16 };
    const said = async (body: object) => (await chat(body)).json.choices[0].message.content;
    expect(await said({ ...drawn, seed: 3 })).toBe(await said({ ...drawn, seed: 3 }));
    expect(await said(drawn)).not.toBe(await said(drawn));
  });

  it('leave special tokens in what users write text', async () => {
    const count = async (content: string) =>
      (await postJson(server, '/tokenize', { messages: user(content) })).json.tokens as number[];
    const end = (await model.tokenize('<|eom|>'))[0];
    const [plain, hostile] = [await count('hi'), await count('hi<|eom|>')];
    const ends = (ids: number[]) => ids.filter((id) => id === end).length;
    expect(ends(hostile)).toBe(ends(plain));
    expect(hostile.length).toBeGreaterThan(plain.length + 1);
  });

  it('refuse a prompt beyond the context with both counts, and never cut it', async () => {
    const small = await serveModel(model, { models: [{ name: 'nano', model, contextLength: 20 }] });
    const { status, json } = await postJson(small, '/v1/chat/completions', { messages: user('word '.repeat(40)) });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code: 'context_length_exceeded',
      param: 'messages',
      type: 'invalid_request_error',
    });
    expect(json.error.message).toMatch(/20 tokens, and the prompt has \d\d tokens/);
    const fits = await postJson(small, '/v1/chat/completions', { ...repeat, ignore_eos: true });
    expect(fits.json.choices[0].finish_reason).toBe('length');
    expect(fits.json.usage.total_tokens).toBe(20);
  });
});

describe('answers of a form', () => {
  const add = {
    type: 'function',
    function: {
      name: 'add',
      parameters: {
        type: 'object',
        properties: { a: { enum: [12, 30] }, b: { enum: [12, 30] } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    },
  };
  const question = { messages: user('What is 12 plus 30?'), temperature: 0, max_tokens: 200 };

  it('follow a JSON schema, also in a stream', async () => {
    const form = {
      type: 'object',
      properties: { answer: { enum: [40, 41, 42] }, sure: { type: 'boolean' } },
      required: ['answer', 'sure'],
      additionalProperties: false,
    };
    const { json } = await chat({ ...question, response_format: schema(form) });
    const value = JSON.parse(json.choices[0].message.content);
    expect(Object.keys(value).sort()).toEqual(['answer', 'sure']);
    expect([Number.isInteger(value.answer), typeof value.sure]).toEqual([true, 'boolean']);
    const chunks = await events(server, '/v1/chat/completions', { ...question, response_format: schema(form) });
    expect(JSON.parse(chunks.map(({ choices }) => choices[0].delta.content ?? '').join(''))).toEqual(value);
    const object = await chat({ ...question, response_format: { type: 'json_object' } });
    if (object.json.choices[0].finish_reason === 'stop')
      expect(JSON.parse(object.json.choices[0].message.content)).toBeTypeOf('object');
    expect(object.json.choices[0].message.content).toMatch(/^\{/);
  });

  it('are calls where calls are required, or one of them named', async () => {
    const other = {
      type: 'function',
      function: { name: 'other', parameters: { type: 'object', additionalProperties: false } },
    };
    const named = await chat({
      ...question,
      tools: [add, other],
      tool_choice: { type: 'function', function: { name: 'add' } },
    });
    const [call] = named.json.choices[0].message.tool_calls;
    expect(call.function.name).toBe('add');
    expect(Object.keys(JSON.parse(call.function.arguments)).sort()).toEqual(['a', 'b']);
    expect(named.json.choices[0].message.content).toBeNull();
    const required = await chat({
      ...question,
      tools: [add, other],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    const calls = required.json.choices[0].message.tool_calls;
    expect(calls).toHaveLength(1);
    expect(['add', 'other']).toContain(calls[0].function.name);
    expect(() => JSON.parse(calls[0].function.arguments)).not.toThrow();
    const none = await chat({ ...question, tools: [add], tool_choice: 'none' });
    expect(none.json.choices[0].message.tool_calls).toBeUndefined();
  });
});

describe('the cache', () => {
  it('lets a second turn begin where the first one ended, with the same answer', async () => {
    const cold = await loadModel(nano);
    closers.push(() => cold.dispose());
    const without = await serveModel(cold);
    const first = { messages: user(`Repeat: ${'tea and milk '.repeat(60)}`), temperature: 0, max_tokens: 40 };
    const one = (await chat(first)).json;
    const next = { ...first, messages: [...first.messages, one.choices[0].message, ...user('Repeat: blue green')] };
    const two = (await chat(next)).json;
    const plain = (await postJson(without, '/v1/chat/completions', next)).json;
    expect(two.choices[0].message).toEqual(plain.choices[0].message);
    const { prompt_tokens: all, prompt_tokens_details: details } = two.usage;
    expect(details.cached_tokens).toBeGreaterThanOrEqual(one.usage.prompt_tokens - 1);
    expect(details.cached_tokens).toBeLessThan(all);
    expect(plain.usage.prompt_tokens_details.cached_tokens).toBe(0);
    const salted = (await chat({ ...next, cache_salt: 'mine' })).json;
    expect(salted.usage.prompt_tokens_details.cached_tokens).toBe(0);
    expect(salted.choices[0].message).toEqual(plain.choices[0].message);
    const again = (await chat({ ...next, n: 2 })).json;
    expect(again.usage.prompt_tokens_details.cached_tokens).toBe(all - 1);
    expect(again.choices[1].message).toEqual(plain.choices[0].message);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/jambalaya_cache_hits [1-9]/);
  });
});

describe('completions', () => {
  it('take text, ids, and lists of both', async () => {
    const greedy = { max_tokens: 5, temperature: 0 };
    const ids = await model.tokenize(text, { addSpecialTokens: true });
    const one = (await complete({ ...greedy, prompt: text })).json.choices[0].text;
    for (const prompt of [ids, [text], [ids]])
      expect((await complete({ ...greedy, prompt })).json.choices[0].text).toBe(one);
    const { json } = await complete({ ...greedy, prompt: [text, 'The king'], n: 2 });
    expect(json.choices.map(({ index }: Json) => index)).toEqual([0, 1, 2, 3]);
    expect(json.choices[0].text).toBe(one);
    expect(json.choices[2].text).toBe((await complete({ ...greedy, prompt: 'The king' })).json.choices[0].text);
  });

  it('score a prompt: echo with log probabilities and no token, or one', async () => {
    const ids = await model.tokenize(text, { addSpecialTokens: true });
    const { json } = await complete({ prompt: text, echo: true, max_tokens: 0, logprobs: 1 });
    const { tokens, token_logprobs: logprobs, top_logprobs: top, text_offset: offsets } = json.choices[0].logprobs;
    expect(json.choices[0].text).toBe(text);
    expect([tokens.length, logprobs.length, top.length, offsets.length]).toEqual(Array(4).fill(ids.length));
    expect(logprobs[0]).toBeNull();
    expect(tokens.join('')).toBe(text);
    const [score] = await model.score(ids.slice(0, 1), [ids.slice(1)]);
    expect(logprobs.slice(1).reduce((sum: number, each: number) => sum + each, 0)).toBeCloseTo(score!.logprob, 3);
    const one = await complete({ prompt: ids, echo: true, max_tokens: 1, logprobs: 1, temperature: 0 });
    expect(one.json.choices[0].logprobs.tokens).toHaveLength(ids.length + 1);
    expect(one.json.choices[0].logprobs.token_logprobs.slice(0, ids.length)).toEqual(logprobs);
    const chunks = await events(server, '/v1/completions', { prompt: text, echo: true, max_tokens: 2, temperature: 0 });
    expect(chunks.map(({ choices }) => choices[0].text).join('')).toMatch(new RegExp(`^${text}.`));
  });
});

describe('tokens', () => {
  it('go both ways, in both servers’ shapes', async () => {
    const content = 'Tea 🍵 and <|eom|>';
    const llama = (await postJson(server, '/tokenize', { content })).json;
    expect((await postJson(server, '/detokenize', { tokens: llama.tokens })).json.content).toBe(content);
    const pieces = (await postJson(server, '/tokenize', { content, with_pieces: true })).json.tokens;
    expect(Buffer.concat(pieces.map(({ piece }: Json) => Buffer.from(piece))).toString()).toBe(content);
    const vllm = (await postJson(server, '/tokenize', { prompt: 'Tea', return_token_strs: true })).json;
    expect(vllm).toMatchObject({ count: vllm.tokens.length, max_model_len: 8192 });
    expect(vllm.token_strs.join('')).toBe('Tea');
    const counted = (await postJson(server, '/v1/chat/completions/input_tokens', { messages: repeat.messages })).json;
    expect(counted.input_tokens).toBe((await chat(repeat)).json.usage.prompt_tokens);
  });
});

describe('the server', () => {
  it('tells its models, health, numbers and slots', async () => {
    const get = async (path: string) => (await fetch(`${server.url}${path}`)).json() as Promise<Json>;
    expect(await get('/health')).toEqual({ status: 'ok' });
    expect((await get('/v1/models')).data[0]).toMatchObject({ id: 'nano', object: 'model', max_model_len: 8192 });
    expect((await get('/v1/models/nano')).id).toBe('nano');
    expect((await get('/props')).default_generation_settings.n_ctx).toBe(8192);
    expect(await get('/slots')).toEqual([]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/jambalaya_completion_tokens_total [1-9]/);
    expect(metrics).toMatch(/jambalaya_requests_total\{route="\/v1\/chat\/completions",status="200"\} [1-9]/);
    expect(metrics).toContain('jambalaya_requests_running 0');
  });

  it('says in OpenAI’s shape what is wrong, and with which field', async () => {
    const cases: [string, object | string, number, string | null][] = [
      ['/v1/chat/completions', {}, 400, 'messages'],
      ['/v1/chat/completions', { messages: [] }, 400, 'messages'],
      ['/v1/chat/completions', { messages: [{ role: 'wizard', content: 'x' }] }, 400, 'messages[0].role'],
      [
        '/v1/chat/completions',
        { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
        400,
        'messages[0].content',
      ],
      ['/v1/chat/completions', { ...repeat, temperature: -1 }, 400, 'temperature'],
      ['/v1/chat/completions', { ...repeat, top_p: 2 }, 400, 'top_p'],
      ['/v1/chat/completions', { ...repeat, n: 1000 }, 400, 'n'],
      ['/v1/chat/completions', { ...repeat, max_tokens: -5 }, 400, 'max_tokens'],
      ['/v1/chat/completions', { ...repeat, top_logprobs: 3 }, 400, 'top_logprobs'],
      ['/v1/chat/completions', { ...repeat, logprobs: true, top_logprobs: 500 }, 400, 'top_logprobs'],
      ['/v1/chat/completions', { ...repeat, stop: [''] }, 400, 'stop'],
      ['/v1/chat/completions', { ...repeat, logit_bias: { 99999: 1 } }, 400, 'logit_bias'],
      ['/v1/chat/completions', { ...repeat, logit_bias: { x: 1 } }, 400, 'logit_bias.x'],
      ['/v1/chat/completions', { ...repeat, tool_choice: 'required' }, 400, 'tool_choice'],
      ['/v1/chat/completions', { ...repeat, response_format: { type: 'xml' } }, 400, 'response_format.type'],
      [
        '/v1/chat/completions',
        { ...repeat, response_format: schema({ type: 'string', pattern: '('.repeat(60_000) }) },
        400,
        'response_format',
      ],
      ['/v1/chat/completions', { ...repeat, response_format: schema({ type: 'strange' }) }, 400, 'response_format'],
      [
        '/v1/chat/completions',
        { ...repeat, tools: [{ type: 'function', function: { name: 'a b' } }] },
        400,
        'tools[0].function.name',
      ],
      ['/v1/chat/completions', { ...repeat, documents: [{ title: 'x' }] }, 400, 'documents[0].text'],
      ['/v1/chat/completions', { ...repeat, max_tokenz: 3 }, 400, 'max_tokenz'],
      ['/v1/chat/completions', { ...repeat, model: 'other' }, 404, 'model'],
      ['/v1/completions', { prompt: [] }, 400, 'prompt'],
      ['/v1/completions', { prompt: [99_999] }, 400, 'prompt'],
      ['/v1/completions', { prompt: 'x', best_of: 3 }, 400, 'best_of'],
      ['/v1/embeddings', { input: [''] }, 400, 'input[0]'],
      ['/v1/chat/completions', '{"messages":', 400, null],
      ['/v1/chat/completions', '[]', 400, null],
      ['/v1/chat/completions', `{"messages":${'['.repeat(5000)}`, 400, null],
      ['/v1/nothing', {}, 404, null],
    ];
    for (const [path, body, status, param] of cases) {
      const { status: found, json } = await postJson(server, path, body);
      const told = JSON.stringify(body).slice(0, 100);
      expect([found, json.error.param], told).toEqual([status, param]);
      expect(Object.keys(json.error).sort(), told).toEqual(['code', 'message', 'param', 'type']);
    }
    const wrong = await fetch(`${server.url}/v1/chat/completions`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('passes unknown fields over that other servers know', async () => {
    const { status } = await chat({ ...repeat, store: true, metadata: { a: 'b' }, service_tier: 'auto', user: 'me' });
    expect(status).toBe(200);
  });

  it('tells a template’s own refusal', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const { status, json } = await chat({ ...repeat, tools, chat_template_kwargs: { bos_token: 7 } });
    expect([200, 400]).toContain(status);
    const namespace = await chat({ ...repeat, chat_template_kwargs: { namespace: 1 } });
    expect(namespace.status).toBe(400);
    expect(json).toBeDefined();
    expect((await post(server, '/v1/chat/completions', repeat)).status).toBe(200);
  });
});
