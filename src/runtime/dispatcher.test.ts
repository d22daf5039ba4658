import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Dispatcher } from './dispatcher.js';
import type { GenerateRequest } from './languageModel.js';
import type { FromWorker, LoadRequest, MethodName } from './protocol.js';

const model = fileURLToPath(new URL('../../test/fixtures/golden/jamba-moe', import.meta.url));
const load: LoadRequest = { model, device: 'reference' };

/** A dispatcher in this thread, and every message that it posts. */
class Harness {
  readonly messages: FromWorker[] = [];
  private readonly dispatcher = new Dispatcher((message) => this.messages.push(message));
  private id = 0;

  request(method: MethodName, params: unknown, abortFlag?: Int32Array): number {
    this.id++;
    this.dispatcher.receive({ type: 'request', id: this.id, method, params, abortFlag });
    return this.id;
  }

  generate(request: Partial<GenerateRequest>, abortFlag?: Int32Array): number {
    return this.request('generate', { prompt: [5, 9, 12], maxTokens: 4, temperature: 0, ...request }, abortFlag);
  }

  abort(id: number): void {
    this.dispatcher.receive({ type: 'abort', id });
  }

  of(id: number): FromWorker[] {
    return this.messages.filter((message) => message.id === id);
  }

  tokens(id: number): number[] {
    return this.of(id).flatMap((message) => {
      const part = message.type === 'event' ? (message.event as { type: string; id: number }) : undefined;
      return part?.type === 'token' ? [part.id] : [];
    });
  }

  /** The message that ends a request. */
  async ended(id: number): Promise<FromWorker> {
    await vi.waitFor(() => expect(this.of(id).at(-1)?.type).toMatch(/^(result|error)$/), { timeout: 30_000 });
    return this.of(id).at(-1)!;
  }
}

let harness: Harness;
beforeAll(async () => {
  harness = new Harness();
  await harness.ended(harness.request('load', load));
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('Dispatcher', () => {
  it('loads a model, telling how far it is, and answers', async () => {
    const progress = harness.of(1).flatMap((message) => (message.type === 'event' ? [message.event] : []));
    expect(progress.length).toBeGreaterThan(10);
    expect(harness.of(1).at(-1)).toMatchObject({
      type: 'result',
      result: { info: { source: model, device: 'reference', isa: 'float64', vocabularySize: 97 } },
    });
    const id = harness.generate({});
    expect(await harness.ended(id)).toEqual({ type: 'result', id, result: undefined });
    expect(harness.tokens(id)).toHaveLength(4);
  });

  it('needs a model for anything else', async () => {
    const empty = new Harness();
    const ended = await empty.ended(empty.generate({}));
    expect(ended).toMatchObject({ type: 'error', error: { code: 'usage', fields: { expected: 'a loaded model' } } });
  });

  it('posts errors as data', async () => {
    const empty = new Harness();
    const ended = await empty.ended(empty.request('load', { ...load, model: '/nonexistent' }));
    expect(structuredClone(ended)).toMatchObject({ type: 'error', error: { code: 'file', hint: expect.any(String) } });
  });

  it('stops at a message alone, where memory cannot be shared, and posts nothing more', async () => {
    const id = harness.generate({ maxTokens: 100_000, ignoreEnd: true });
    const other = harness.generate({ maxTokens: 5, ignoreEnd: true });
    await vi.waitFor(() => expect(harness.tokens(id).length).toBeGreaterThan(2), { timeout: 30_000 });
    harness.abort(id);
    const before = harness.tokens(id).length;
    expect(await harness.ended(id)).toMatchObject({ type: 'error', error: { code: 'aborted' } });
    expect(harness.tokens(id).length - before).toBeLessThanOrEqual(1);
    await harness.ended(other);
    expect(harness.tokens(other)).toHaveLength(5);
    const after = harness.messages.length;
    await settle();
    expect(harness.messages).toHaveLength(after);
  });

  it('stops at the shared flag alone', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const id = harness.generate({ maxTokens: 100_000, ignoreEnd: true }, flag);
    await vi.waitFor(() => expect(harness.tokens(id).length).toBeGreaterThan(0), { timeout: 30_000 });
    Atomics.store(flag, 0, 1);
    expect(await harness.ended(id)).toMatchObject({ type: 'error', error: { code: 'aborted' } });
  });

  it('lets a request join while another one runs, and both are what they are alone', async () => {
    const alone = [
      harness.generate({ maxTokens: 12, ignoreEnd: true }),
      harness.generate({ prompt: [33, 7], maxTokens: 6, ignoreEnd: true, temperature: 1, seed: 5 }),
    ];
    for (const id of alone) await harness.ended(id);
    const first = harness.generate({ maxTokens: 12, ignoreEnd: true });
    await vi.waitFor(() => expect(harness.tokens(first).length).toBeGreaterThan(1), { interval: 1, timeout: 30_000 });
    const request = { prompt: [33, 7], maxTokens: 6, ignoreEnd: true, temperature: 1, seed: 5 };
    const second = harness.generate(request);
    await Promise.all([first, second].map((id) => harness.ended(id)));
    expect([first, second].map((id) => harness.tokens(id))).toEqual(alone.map((id) => harness.tokens(id)));
  });

  it('an abort that comes too late changes nothing', async () => {
    const id = harness.generate({});
    await harness.ended(id);
    harness.abort(id);
    const next = harness.generate({});
    expect(await harness.ended(next)).toMatchObject({ type: 'result' });
    expect(harness.tokens(next)).toEqual(harness.tokens(id));
  });
});
