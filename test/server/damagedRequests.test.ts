/** Requests that no client means: always 4xx in OpenAI's shape, never 5xx, and the server goes on. */
import { RecordingModel } from 'jambalaya';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server/index.js';
import { closeAll, post, serveModel, user } from './support.js';

const count = Number(process.env.JAMBALAYA_FUZZ_REQUESTS ?? 600);

let server: RunningServer;
beforeAll(async () => {
  const facets = {
    tokenize: async (text: string) => [...text].map((_, i) => i),
    detokenize: async () => 'text',
    tokenBytes: async (ids: readonly number[]) => ids.map(() => new Uint8Array(1)),
    renderChat: async () => 'text',
    chatIds: async () => [1],
    embed: async (inputs: readonly unknown[]) => ({
      vectors: inputs.map(() => new Float32Array(2)),
      pooling: 'mean',
      tokens: 1,
    }),
  };
  server = await serveModel(new RecordingModel(() => 'fine', { facets }));
});
afterAll(closeAll);

const good: Record<string, object> = {
  '/v1/chat/completions': {
    messages: [
      ...user('hi'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ],
    temperature: 0.5,
    top_p: 0.9,
    n: 2,
    stop: ['a'],
    seed: 4,
    logit_bias: { 5: 1 },
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    tool_choice: 'auto',
    response_format: { type: 'text' },
    documents: [{ text: 'x' }],
    chat_template_kwargs: { a: 1 },
  },
  '/v1/completions': { prompt: ['a', 'b'], echo: true, n: 2, max_tokens: 3, logit_bias: { 1: 2 } },
  '/v1/embeddings': { input: ['a', 'b'], encoding_format: 'base64' },
  '/tokenize': { content: 'abc', with_pieces: true },
  '/detokenize': { tokens: [1, 2] },
  '/apply-template': { messages: user('hi') },
  '/v1/chat/completions/input_tokens': { messages: user('hi') },
};
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  -(2 ** 53),
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  'x'.repeat(5000),
  [],
  [[]],
  [null],
  {},
  { a: {} },
  { __proto__: null },
  [1, 'a'],
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 7}'),
  { type: 'json_schema', json_schema: { schema: { $ref: '#/x' } } },
];

/** A small generator of its own, so that a seed says what was tried. */
function draws(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A copy with one place of it, wherever, replaced, dropped or added. */
function damaged(value: unknown, draw: (below: number) => number): unknown {
  if (typeof value !== 'object' || value === null || draw(4) === 0) return strange[draw(strange.length)];
  if (Array.isArray(value)) {
    if (value.length === 0) return [strange[draw(strange.length)]];
    const copy = [...value];
    const at = draw(copy.length);
    copy[at] = damaged(copy[at], draw);
    return copy;
  }
  const entries = Object.entries(value);
  const at = draw(entries.length + 1);
  if (at === entries.length) return { ...value, [`field${draw(9)}`]: strange[draw(strange.length)] };
  if (draw(6) === 0) entries.splice(at, 1);
  else entries[at] = [entries[at]![0], damaged(entries[at]![1], draw)];
  return Object.fromEntries(entries);
}

describe('damaged requests', () => {
  it(`${count} of them are answered or refused with a reason`, { timeout: 600_000 }, async () => {
    const draw = draws(11);
    const paths = Object.keys(good);
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const path = paths[draw(paths.length)]!;
      let body = JSON.stringify(damaged(good[path], draw)) ?? 'undefined';
      if (draw(10) === 0) body = body.slice(0, draw(body.length));
      const response = await post(server, path, body);
      const text = await response.text();
      const told = `${path} ${body.slice(0, 300)} -> ${response.status} ${text.slice(0, 300)}`;
      expect(response.status === 200 || (response.status >= 400 && response.status < 500), told).toBe(true);
      if (response.status === 200) {
        expect(text, told).not.toContain('"error"');
        continue;
      }
      refused++;
      const { error } = JSON.parse(text) as { error: Record<string, unknown> };
      expect(Object.keys(error).sort(), told).toEqual(['code', 'message', 'param', 'type']);
      expect(typeof error.message, told).toBe('string');
    }
    expect(refused).toBeGreaterThan(count / 10);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const after = await post(server, '/v1/chat/completions', { messages: user('hi') });
    expect(after.status).toBe(200);
  });
});
