import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoderSets, devices, folderOf, goldenFile, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import type { Model } from '../models/index.js';
import { type State, StatePool } from '../nn/index.js';
import { DecodeBatch } from './decodeBatch.js';
import { generate } from './generate.js';
import type { GenerationOptions } from './options.js';
import type { Sequence } from './sequence.js';

async function idsOf(model: Model, state: State, prompt: readonly number[], options: GenerationOptions) {
  const ids: number[] = [];
  const stream = generate(model, state, prompt, options);
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { ids, finishReason: value };
    ids.push(value.id);
  }
}

describe.each(devices)('greedy continuations on $title', ({ open }) => {
  it.each(decoderSets)('%s', async (set) => {
    const device = await open();
    const model = await loadSet(set, device);
    using pool = new StatePool(device, model.stateLayouts);
    const expected = [...(await (await goldenFile(set)).integers('greedy.ids'))];
    const { ids } = await idsOf(model, pool.create(), expected.slice(0, 9), { maxTokens: 24, temperature: 0 });
    expect(ids).toEqual(expected.slice(9));
    model.dispose();
  });
});

describe('real text', () => {
  // The reference agrees on the shorter sets above; here it would take minutes.
  it.each(devices.filter(({ title }) => !title.startsWith('reference')))('on $title', async ({ open }) => {
    const { prompts } = JSON.parse(readFileSync(`${folderOf('char-shakespeare')}/expected.json`, 'utf8')) as {
      prompts: { prompt: string; greedy: string }[];
    };
    const device = await open();
    const model = await loadSet('char-shakespeare', device);
    using pool = new StatePool(device, model.stateLayouts);
    const batch = new DecodeBatch(model);
    const made = new Map<Sequence, number[]>();
    for (const { prompt } of prompts) {
      const fed = Array.from(new TextEncoder().encode(prompt), (byte) => byte + 3);
      const options = { maxTokens: 120, temperature: 0 };
      made.set(batch.add({ state: pool.create(), prompt: fed, options }), []);
    }
    while (batch.size > 0) for (const { sequence, token } of await batch.step()) made.get(sequence)!.push(token!.id);
    const texts = [...made.values()].map((ids) => new TextDecoder().decode(Uint8Array.from(ids, (id) => id - 3)));
    expect(texts).toEqual(prompts.map(({ greedy }) => greedy));
    model.dispose();
  });
});

describe('generate', () => {
  let device: Device;
  let model: Model;
  let pool: StatePool;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
    pool = new StatePool(device, model.stateLayouts);
  });
  afterAll(() => {
    pool.dispose();
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  const prompt = Array.from({ length: 40 }, (_, i) => 3 + ((i * 17) % 90));
  const sampled = { maxTokens: 30, temperature: 1.1, topK: 50, repetitionPenalty: 1.3, seed: 4 };

  it('ends before a stop token', async () => {
    const whole = await idsOf(model, pool.create(), prompt, sampled);
    expect(whole.finishReason).toBe('length');
    const stop = whole.ids[12]!;
    const before = whole.ids.indexOf(stop);
    using state = pool.create();
    const { ids, finishReason } = await idsOf(model, state, prompt, { ...sampled, stopIds: [96, stop] });
    expect({ ids, finishReason }).toEqual({ ids: whole.ids.slice(0, before), finishReason: 'stop' });
    expect(state.length).toBe(prompt.length + before);
  });

  it('goes on where it stopped: the newest token is what the state has not read', async () => {
    const whole = await idsOf(model, pool.create(), prompt, sampled);
    using state = pool.create();
    const first = await idsOf(model, state, prompt, { ...sampled, maxTokens: 10 });
    expect(state.length).toBe(prompt.length + 9);
    const history = [...prompt, ...first.ids.slice(0, -1)];
    const rest = await idsOf(model, state, first.ids.slice(-1), { ...sampled, maxTokens: 20, history });
    expect([...first.ids, ...rest.ids]).toEqual(whole.ids);
  });

  it('only reads the prompt when no tokens are asked for', async () => {
    using state = pool.create();
    expect(await idsOf(model, state, prompt, { maxTokens: 0 })).toEqual({ ids: [], finishReason: 'length' });
    expect(state.length).toBe(prompt.length);
  });

  it('reports each piece of the prompt', async () => {
    using state = pool.create();
    const pieces: number[][] = [];
    const control = { onPrefill: (done: number, total: number) => pieces.push([done, total]) };
    for await (const _ of generate(model, state, prompt, { maxTokens: 3, prefillChunk: 16 }, control));
    expect(pieces).toEqual([
      [16, 40],
      [32, 40],
      [40, 40],
    ]);
  });

  it('stops between pieces and between tokens, and leaves a state that can go on', async () => {
    const whole = await idsOf(model, pool.create(), prompt, sampled);
    for (const passes of [0, 1, 2, 4, 9]) {
      using state = pool.create();
      let asked = 0;
      const stream = generate(
        model,
        state,
        prompt,
        { ...sampled, prefillChunk: 16 },
        { aborted: () => asked++ === passes },
      );
      const ids: number[] = [];
      let result = await stream.next();
      for (; !result.done; result = await stream.next()) ids.push(result.value.id);
      expect(result.value).toBe('aborted');
      expect(state.length).toBe(passes < 3 ? 16 * passes : prompt.length + passes - 3);
      expect(ids).toEqual(whole.ids.slice(0, Math.max(0, passes - 2)));
      const fed = [...prompt, ...ids];
      const history = fed.slice(0, state.length);
      const rest = await idsOf(model, state, fed.slice(state.length), {
        ...sampled,
        history,
        maxTokens: 30 - ids.length,
      });
      expect([...ids, ...rest.ids]).toEqual(whole.ids);
    }
  });

  it('asks before it reads anything', async () => {
    using state = pool.create();
    const stream = generate(model, state, prompt, sampled, { aborted: () => true });
    expect(await stream.next()).toEqual({ done: true, value: 'aborted' });
    expect(state.length).toBe(0);
  });

  it('is a typed error for a prompt without tokens', async () => {
    using state = pool.create();
    await expect(generate(model, state, [], sampled).next()).rejects.toMatchObject({ code: 'usage' });
  });
});
