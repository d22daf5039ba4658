import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import type { Model } from '../models/index.js';
import { StatePool } from '../nn/index.js';
import { copy, Tensor } from '../tensor/index.js';
import { DecodeBatch } from './decodeBatch.js';
import { generate } from './generate.js';
import type { GenerationOptions } from './options.js';
import type { GeneratedToken, Sequence } from './sequence.js';

/** The same model, noting the rows of every pass. */
function recording(model: Model): { model: Model; rows: number[] } {
  const rows: number[] = [];
  const forward: Model['forward'] = (input, options) => {
    rows.push(input.segments.rows);
    return model.forward(input, options);
  };
  return { model: Object.assign(Object.create(model) as Model, { forward }), rows };
}

const idsUpTo = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => 3 + ((i * i * 7 + seed * 31 + i) % 50));

const requests: { prompt: readonly number[]; options: GenerationOptions }[] = [
  { prompt: idsUpTo(9, 1), options: { maxTokens: 20, temperature: 0, logprobs: 3 } },
  { prompt: idsUpTo(70, 2), options: { maxTokens: 12, temperature: 0.9, topK: 40, topP: 0.95, seed: 5, logprobs: 0 } },
  {
    prompt: idsUpTo(1, 3),
    options: { maxTokens: 30, temperature: 1.3, minP: 0.02, repetitionPenalty: 1.2, seed: 5, logprobs: 2 },
  },
  {
    prompt: idsUpTo(33, 4),
    options: { maxTokens: 25, seed: 6, presencePenalty: 0.5, frequencyPenalty: 0.2, logprobs: 1 },
  },
  { prompt: idsUpTo(64, 5), options: { maxTokens: 3, temperature: 0, repetitionPenalty: 1.5, logprobs: 0 } },
];

/** The reference computes each row in a loop of its own; it would take longer than all others together. */
const kernelDevices = devices.filter(({ title }) => !title.startsWith('reference'));

describe.each(kernelDevices)('$title', ({ open }) => {
  let device: Device;
  let model: Model;
  let alone: GeneratedToken[][];

  const generateAlone = async (request: (typeof requests)[number], prefillChunk?: number) => {
    using pool = new StatePool(device, model.stateLayouts);
    using state = pool.create();
    const tokens: GeneratedToken[] = [];
    for await (const token of generate(model, state, request.prompt, { ...request.options, prefillChunk }))
      tokens.push(token);
    return tokens;
  };

  beforeAll(async () => {
    device = await open();
    model = await loadSet('jamba-moe', device);
    alone = [];
    for (const request of requests) alone.push(await generateAlone(request));
  });
  afterAll(() => {
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  it('makes as many tokens as were asked for', () => {
    expect(alone.map((tokens) => tokens.length)).toEqual(requests.map(({ options }) => options.maxTokens));
  });

  // Log probabilities are compared too, so that equal means equal bits and not just equal choices.
  it.each([1, 7, 64])('is the same bit for bit with a prompt in pieces of %i', async (prefillChunk) => {
    for (const [i, request] of requests.entries()) expect(await generateAlone(request, prefillChunk)).toEqual(alone[i]);
  });

  it.each([4, 16, 512])(
    'is the same bit for bit in a batch that others join and leave, with %i rows a step',
    async (maxRows) => {
      using pool = new StatePool(device, model.stateLayouts);
      const batch = new DecodeBatch(model, { maxRows });
      const made = new Map<Sequence, GeneratedToken[]>();
      const order = [3, 0, 4, 1, 2];
      for (let step = 0; step < order.length || batch.size > 0; step++) {
        const next = order[step];
        if (next !== undefined) made.set(batch.add({ state: pool.create(), ...requests[next]! }), []);
        for (const { sequence, token } of await batch.step()) if (token !== undefined) made.get(sequence)!.push(token);
      }
      expect([...made.values()]).toEqual(order.map((i) => alone[i]));
      for (const { state } of made.keys()) state.dispose();
    },
  );

  it('draws other tokens with another seed', async () => {
    const { prompt, options } = requests[2]!;
    expect(await generateAlone({ prompt, options: { ...options, seed: 7 } })).not.toEqual(alone[2]);
  });
});

describe('a batch', () => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
  });
  afterAll(() => {
    model.dispose();
    device.dispose();
  });

  const refusal = (fields: Record<string, unknown>, code = 'usage') =>
    expect.objectContaining({ code, fields: expect.objectContaining(fields) });

  it('gives every continued sequence a row and prompts the rest', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    const { model: watched, rows } = recording(model);
    const batch = new DecodeBatch(watched, { maxRows: 10 });
    const options = { maxTokens: 4, temperature: 0 };
    for (const length of [3, 25]) batch.add({ state: pool.create(), prompt: idsUpTo(length, 1), options });
    while (batch.size > 0) await batch.step();
    // 3 and 7 rows of the prompts; a token and 9 rows, twice; a token of each; then the second alone, whose last step
    // is the captured one again and no forward pass.
    expect(rows).toEqual([10, 10, 10, 2, 1]);
  });

  it('reads a prompt on when more sequences are continued than a step has rows', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    const { model: watched, rows } = recording(model);
    const batch = new DecodeBatch(watched, { maxRows: 2 });
    const options = { maxTokens: 9, temperature: 0 };
    for (let i = 0; i < 3; i++) batch.add({ state: pool.create(), prompt: idsUpTo(1, i), options });
    await batch.step();
    await batch.step();
    await batch.step();
    batch.add({ state: pool.create(), prompt: idsUpTo(2, 4), options });
    await batch.step();
    expect(rows).toEqual([2, 3, 3, 4]);
  });

  it('leaves device memory as it was over 200 steps, but for pages, and at zero in the end', async () => {
    const before = device.memory.bytes;
    const pool = new StatePool(device, model.stateLayouts);
    using state = pool.create();
    const outside: number[] = [];
    for await (const _ of generate(model, state, idsUpTo(5, 1), { maxTokens: 200, seed: 1 })) {
      outside.push(device.memory.bytes - pool.bytes);
    }
    expect(outside.length).toBe(200);
    // The prompt's pass leaves nothing; then there is one captured step for each width of the page table: 1, 2, 4 pages.
    expect(new Set(outside).size).toBe(4);
    expect(outside[0]).toBe(before);
    pool.dispose();
    expect(device.memory.bytes).toBe(before);
  });

  it('refuses what cannot be fed', () => {
    using pool = new StatePool(device, model.stateLayouts);
    using state = pool.create();
    const batch = new DecodeBatch(model);
    const add =
      (prompt: number[], options: GenerationOptions = { maxTokens: 1 }) =>
      () =>
        batch.add({ state, prompt, options });
    expect(add([])).toThrow(refusal({ argument: 'prompt', expected: 'at least one token' }));
    expect(add([5, 97])).toThrow(refusal({ argument: 'prompt', found: '97 at position 1' }));
    expect(add([-1])).toThrow(refusal({ argument: 'prompt' }));
    expect(add([0.5])).toThrow(refusal({ argument: 'prompt' }));
    expect(add([5], { maxTokens: 1, topP: 2 })).toThrow(refusal({ argument: 'topP' }));
    expect(() => new DecodeBatch(model, { maxRows: 0 })).toThrow(refusal({ argument: 'maxRows' }));
    expect(batch.size).toBe(0);
  });

  it('refuses states that are in use, of another pool, or of another model', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    using state = pool.create();
    const batch = new DecodeBatch(model);
    const add = (other: typeof state) => () => batch.add({ state: other, prompt: [5], options: { maxTokens: 1 } });
    add(state)();
    expect(add(state)).toThrow(refusal({ argument: 'state', found: 'the state of another sequence' }));
    using elsewhere = new StatePool(device, model.stateLayouts);
    expect(add(elsewhere.create())).toThrow(refusal({ argument: 'state', found: 'a state of another pool' }));
    using foreign = new StatePool(device, model.stateLayouts.slice(1));
    expect(add(foreign.create())).toThrow(expect.objectContaining({ code: 'state' }));
    const dead = pool.create();
    dead.dispose();
    add(dead)();
    await expect(batch.step()).rejects.toMatchObject({ code: 'state' });
    expect(batch.size).toBe(0);
  });

  it('refuses a model that sees both sides', async () => {
    using bert = await loadSet('bert-tiny', device);
    expect(() => new DecodeBatch(bert)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it('takes one step at a time, and drops a sequence that is taken out meanwhile', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    const batch = new DecodeBatch(model);
    expect(await batch.step()).toEqual([]);
    const add = () => batch.add({ state: pool.create(), prompt: [5], options: { maxTokens: 2 } });
    const [first, second] = [add(), add()];
    const step = batch.step();
    const early = batch.step();
    batch.remove(first);
    await expect(early).rejects.toMatchObject({ code: 'usage', fields: { argument: 'step' } });
    expect((await step).map(({ sequence }) => sequence === second)).toEqual([true]);
    expect(batch.size).toBe(1);
  });

  it.each([
    ['a prompt', 0, 1, Number.NaN],
    ['a token that is drawn', 1, 1, Number.NaN],
    ['a likeliest token', 1, 0, Number.NaN],
    ['a likeliest token', 1, 0, Number.POSITIVE_INFINITY],
  ])('says so when a damaged model computes no numbers after %s', async (_, sound, temperature, value) => {
    using pool = new StatePool(device, model.stateLayouts);
    let passes = 0;
    const damaged: Model['forward'] = (input, options) => {
      const output = model.forward(input, options);
      const wrong = Tensor.from(device, [1, 97], new Float32Array(97).fill(value, 3, 4));
      if (passes++ >= sound) copy(output.logits!, wrong);
      return output;
    };
    const batch = new DecodeBatch(Object.assign(Object.create(model) as Model, { forward: damaged }));
    batch.add({ state: pool.create(), prompt: [5], options: { maxTokens: 3, temperature } });
    for (let i = 0; i < sound; i++) expect(await batch.step()).toHaveLength(1);
    await expect(batch.step()).rejects.toMatchObject({
      code: 'device',
      fields: { reason: `the model's logit of token 3 is ${value}` },
    });
    expect(batch.size).toBe(0);
  });

  it('finds likeliest tokens on the device as it does on the host, also beside sequences that draw', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    const prompts = [idsUpTo(9, 1), idsUpTo(5, 7), idsUpTo(12, 8)];
    const made = async (company: boolean, logprobs: number | undefined) => {
      const batch = new DecodeBatch(model);
      const tokens = new Map<Sequence, number[]>();
      for (const prompt of prompts) {
        const options = { maxTokens: 10, temperature: 0, logprobs };
        tokens.set(batch.add({ state: pool.create(), prompt, options }), []);
      }
      if (company) batch.add({ state: pool.create(), prompt: [9], options: { maxTokens: 5, seed: 1 } });
      while (batch.size > 0) {
        for (const { sequence, token } of await batch.step()) {
          if (token !== undefined) tokens.get(sequence)?.push(token.id);
        }
      }
      return [...tokens.values()];
    };
    const onHost = await made(false, 0);
    expect(new Set(onHost.flat()).size).toBeGreaterThan(3);
    expect(await made(false, undefined)).toEqual(onHost);
    expect(await made(true, undefined)).toEqual(onHost);
  });
});
