import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import { DecodeBatch } from '../generation/index.js';
import type { Model } from '../models/index.js';
import { Segments, type State, StatePool } from '../nn/index.js';
import { scope, sumAll, Tape, type Tensor } from '../tensor/index.js';
import {
  type Adapter,
  completionObjective,
  type Encoder,
  InitialState,
  InputPrompt,
  Lora,
  SoftPrompt,
  type TaskBatch,
} from './index.js';

const ids = (length: number, first: number) => Array.from({ length }, (_, i) => 3 + ((first + i * i * 7) % 90));
const texts = [ids(5, 1), ids(1, 2), ids(8, 3)];
const flat = texts.flat();
const lengths = texts.map(({ length }) => length);
const every = flat.map((_, row) => row);
const prompts = ['one', 'a second', 'the third of them'];

/** The base as an encoder that reads letters. */
const letters = (model: Model): Encoder => ({
  name: undefined,
  model,
  idsOf: (text) => Array.from(text, (letter) => 3 + (letter.charCodeAt(0) % 90)),
  [Symbol.dispose]: () => {},
});

describe.each(['jamba-moe', 'llama-tiny'])('adapters of %s', (set) => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await openDevice();
    model = await loadSet(set, device);
  });
  afterAll(() => {
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  const trained = async (adapter: Adapter) => {
    using logits = scope(
      () => adapter.forward(model, { ids: Int32Array.from(flat), lengths, prompts }, every, {}).logits!,
    );
    return (await logits.read()) as Float32Array;
  };
  const plain = async (before: readonly number[] = []) => {
    using logits = scope(() => {
      const segments = new Segments(
        device,
        lengths.map((length) => length + before.length),
      );
      const rows = texts.flatMap((text) => [...before, ...text]);
      let row = 0;
      const wanted = texts.flatMap((text) => {
        row += before.length;
        return text.map(() => row++);
      });
      return model.forward({ ids: rows, segments }, { logits: wanted }).logits!;
    });
    return (await logits.read()) as Float32Array;
  };
  const made: { name: string; make: () => Adapter }[] = [
    { name: 'soft-prompt', make: () => SoftPrompt.of(model, ids(4, 9)) },
    {
      name: 'input-dependent-prompt',
      make: () =>
        InputPrompt.of(model, letters(model), { queries: 4, width: 6, heads: 2, encoderPrompt: 2 }, 1, ids(4, 9)),
    },
    { name: 'lora', make: () => Lora.of(model, { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] }, 1) },
    ...(set === 'jamba-moe' ? [{ name: 'initial-state', make: () => InitialState.of(model) }] : []),
  ];

  it('begin with the bits of the base, a soft prompt with those of the base after the same tokens', async () => {
    for (const { name, make } of made) {
      using adapter = make();
      expect(await trained(adapter)).toEqual(await plain(name.endsWith('prompt') ? ids(4, 9) : []));
    }
  });

  it('are served together, each with the bits of its own pass', async () => {
    const adapters = made.map(({ make }) => make());
    for (const adapter of adapters) {
      let i = 0;
      for (const tensor of adapter.parameters.values()) {
        const values = (await tensor.read()) as Float32Array;
        tensor.write(values.map((value) => value + 0.1 * Math.sin(++i)));
      }
    }
    using pool = new StatePool(device, model.stateLayouts);
    const wanted: Float32Array[] = [];
    for (const adapter of adapters) wanted.push(await trained(adapter), await trained(adapter));
    const requests: { readonly adapter: Adapter; readonly prefix: State }[] = [];
    for (const adapter of [...adapters, ...adapters]) {
      requests.push({ adapter, prefix: (await adapter.prefix?.(model, pool, prompts[2])) ?? pool.create() });
    }
    const states = requests.map(({ prefix }) => prefix.clone());
    const found = scope(() => {
      const text = texts[2]!;
      const segments = new Segments(
        device,
        requests.map(() => text.length),
        states,
        requests.map(({ adapter }) => adapter.projections),
      );
      return model.forward({ ids: requests.flatMap(() => text), segments }).logits!;
    });
    const values = await found.read();
    const size = (texts[2]!.length * values.length) / (texts[2]!.length * requests.length);
    requests.forEach(({ adapter }, i) => {
      const own = wanted[2 * adapters.indexOf(adapter)]!;
      expect(values.slice(i * size, (i + 1) * size)).toEqual(own.slice(own.length - size));
    });
    found.dispose();
    using batch = new DecodeBatch(model);
    const answer = async (which: readonly (typeof requests)[number][]) => {
      const own = which.map(({ prefix }) => prefix.clone());
      const options = { maxTokens: 6, temperature: 0 };
      const tokens = new Map(
        which.map(({ adapter }, i) => [
          batch.add({ state: own[i]!, prompt: texts[0]!, options, adapter: adapter.projections }),
          [] as number[],
        ]),
      );
      while (batch.size > 0)
        for (const { sequence, token } of await batch.step()) if (token) tokens.get(sequence)!.push(token.id);
      for (const state of own) state.dispose();
      return [...tokens.values()];
    };
    const together = await answer(requests);
    for (const [i, request] of requests.entries()) expect([together[i]]).toEqual(await answer([request]));
    for (const state of states) state.dispose();
    for (const { prefix } of requests) prefix.dispose();
    for (const adapter of adapters) adapter[Symbol.dispose]();
  });

  it('have the gradients that the loss has, and the base has none', async () => {
    const batch: TaskBatch = {
      prompts,
      ids: Int32Array.from(flat),
      labels: Int32Array.from(flat, (id, i) => (i % 3 === 1 ? -100 : (id * 5) % 90)),
      lengths,
      offsets: Int32Array.of(0, 5, 6, 14),
      countedLabels: flat.filter((_, i) => i % 3 !== 1).length,
      bytes: 1,
    };
    for (const { make } of made) {
      using adapter = make();
      const tensors = [...adapter.parameters.values()];
      const loss = () =>
        scope(() => {
          const segments = new Segments(device, lengths);
          return sumAll(completionObjective(adapter).pass(model, batch, segments, {}).loss);
        });
      for (const tensor of tensors) tensor.requiresGrad = true;
      using tape = new Tape();
      const taped = tape.run(loss);
      const gradients = tape.gradients(taped, tensors);
      taped.dispose();
      for (const tensor of tensors) tensor.requiresGrad = false;
      const value = async () => {
        using made = loss();
        return (await made.read())[0]!;
      };
      const lengthOf = async (tensor: Tensor) => Math.hypot(...(await tensor.read()));
      const sizes = await Promise.all(gradients.map(lengthOf));
      const at = sizes.indexOf(Math.max(...sizes));
      const [was, gradient] = [Float32Array.from(await tensors[at]!.read()), await gradients[at]!.read()];
      const moved = async (by: number) => {
        tensors[at]!.write(was.map((number, i) => number + (by * gradient[i]!) / sizes[at]!));
        return value();
      };
      const step = 1e-3;
      const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
      expect(Math.abs(slope / sizes[at]! - 1)).toBeLessThan(2e-2);
      for (const tensor of gradients) tensor.dispose();
    }
    expect([...model.parameters.values()].some(({ requiresGrad }) => requiresGrad)).toBe(false);
  });

  it('refuse projections that are not there, and states that a model has none of', () => {
    expect(() => Lora.of(model, { rank: 1, alpha: 1, targets: ['q_proj', 'nowhere'] }, 1)).toThrow(
      /targets.*"nowhere"/s,
    );
    if (set === 'llama-tiny') expect(() => InitialState.of(model)).toThrow(/initial-state.*no Mamba layer/s);
  });
});
