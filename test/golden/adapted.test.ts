import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../src/contract/index.js';
import { DecodeBatch } from '../../src/generation/index.js';
import type { Model } from '../../src/models/index.js';
import { type ProjectionAdapter, Segments, StatePool } from '../../src/nn/index.js';
import { add, matmul, mul, scale, scope, sumAll, Tape, Tensor } from '../../src/tensor/index.js';
import { inventedAdapter } from '../support/adapters.js';
import { devices, loadSet } from './support.js';

type Adapters = readonly (ProjectionAdapter | undefined)[];
const idsOf = (length: number, first: number) => Array.from({ length }, (_, i) => 3 + ((first + i * i * 7) % 90));

/** Logits of texts side by side, each with its adapter. */
async function logits(model: Model, texts: readonly number[][], adapters?: Adapters): Promise<Float32Array> {
  using made = scope(() => {
    const lengths = texts.map(({ length }) => length);
    const segments = new Segments(model.device, lengths, undefined, adapters);
    return model.forward({ ids: texts.flat(), segments }).logits!;
  });
  return (await made.read()) as Float32Array;
}

describe.each(devices)('adapters on $title', ({ open }) => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await open();
    model = await loadSet('jamba-moe', device, { dtype: 'f32' });
  });
  afterAll(() => {
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  it('every row of a ragged batch has the bits that it has alone', async () => {
    using one = inventedAdapter(model, 1);
    using other = inventedAdapter(model, 2, { rank: 3, scale: 2 });
    using some = inventedAdapter(model, 3, { targets: /(q_proj|in_proj|router|down_proj)$/ });
    using experts = inventedAdapter(model, 4, { targets: /experts/ });
    const texts = [idsOf(5, 0), idsOf(9, 1), idsOf(1, 2), idsOf(4, 3), idsOf(7, 4), idsOf(3, 5), idsOf(6, 6)];
    const adapters = [undefined, one, one, other, undefined, some, experts];
    const together = await logits(model, texts, adapters);
    let end = 0;
    for (const [i, text] of texts.entries()) {
      const alone = await logits(model, [text], [adapters[i]]);
      expect(together.slice(end, end + alone.length)).toEqual(alone);
      end += alone.length;
    }
    expect(end).toBe(together.length);
  });

  it('with B = 0 has the bits of the model alone', async () => {
    using zero = inventedAdapter(model, 1, { size: 0 });
    const texts = [idsOf(5, 0), idsOf(9, 1)];
    expect(await logits(model, texts, [zero, zero])).toEqual(await logits(model, texts));
  });

  it('is the model with W + scale · B A in the place of W', async () => {
    using adapter = inventedAdapter(model, 5);
    expect([...adapter.deltas.keys()]).toEqual([...model.projections.keys()]);
    const texts = [idsOf(12, 3)];
    const found = await logits(model, texts, [adapter]);
    const changed = await loadSet('jamba-moe', device, { dtype: 'f32' });
    for (const [name, { a, b, scale: factor }] of adapter.deltas) {
      const weight = changed.parameters.get(`${name}.weight`)!;
      using merged = scope(() => add(weight, scale(matmul(b, a, { mode: 'nn' }), factor)));
      weight.write((await merged.read()) as Float32Array);
    }
    const wanted = await logits(changed, texts);
    const plain = await logits(model, texts);
    changed.dispose();
    const distance = (x: Float32Array) => Math.max(...x.map((value, i) => Math.abs(value - wanted[i]!)));
    expect(distance(found)).toBeLessThan(1e-3 * Math.max(...wanted.map(Math.abs)));
    expect(distance(plain)).toBeGreaterThan(0.05 * Math.max(...wanted.map(Math.abs)));
  });

  it('sequences of different adapters are continued together as alone, also when the company changes', async () => {
    using one = inventedAdapter(model, 1);
    using other = inventedAdapter(model, 2);
    using pool = new StatePool(device, model.stateLayouts);
    const requests = [one, undefined, other, one, undefined].map((adapter, i) => ({
      adapter,
      prompt: idsOf(3 + 2 * i, i),
      options: { maxTokens: 4 + 3 * i, temperature: 0, stopIds: [] },
    }));
    const answers = async (which: readonly (typeof requests)[number][]) => {
      using batch = new DecodeBatch(model, { maxRows: 16 });
      const states = which.map(() => pool.create());
      const sequences = which.map((request, i) => batch.add({ ...request, state: states[i]! }));
      const tokens = new Map(sequences.map((sequence) => [sequence, [] as number[]]));
      while (batch.size > 0) {
        for (const { sequence, token } of await batch.step()) if (token) tokens.get(sequence)!.push(token.id);
      }
      for (const state of states) state.dispose();
      return [...tokens.values()];
    };
    const together = await answers(requests);
    const alone = [];
    for (const request of requests) alone.push(...(await answers([request])));
    expect(together).toEqual(alone);
    expect(together.map(({ length }) => length)).toEqual([4, 7, 10, 13, 16]);
    const swapped = [];
    for (const request of requests) swapped.push(...(await answers([{ ...request, adapter: other }])));
    expect(swapped).not.toEqual(alone);
  });

  it('a captured step is not run for other adapters', async () => {
    using one = inventedAdapter(model, 1);
    using other = inventedAdapter(model, 2);
    using pool = new StatePool(device, model.stateLayouts);
    const options = { maxTokens: 8, temperature: 0, stopIds: [] };
    const states = Array.from({ length: 2 }, () => pool.create());
    const answer = async (batch: DecodeBatch) => {
      const tokens: number[] = [];
      while (batch.size > 0) for (const { token } of await batch.step()) if (token) tokens.push(token.id);
      return tokens;
    };
    using batch = new DecodeBatch(model);
    const long = { ...options, maxTokens: 32 };
    const first = batch.add({ state: states[0]!, prompt: [5, 6], options: long, adapter: one });
    for (let step = 0; step < 4; step++) await batch.step();
    batch.remove(first);
    batch.add({ state: states[1]!, prompt: [7], options, adapter: other });
    const found = await answer(batch);
    using again = new DecodeBatch(model);
    using state = pool.create();
    again.add({ state, prompt: [7], options, adapter: other });
    expect(found).toEqual(await answer(again));
    for (const state of states) state.dispose();
  });

  it('gradients of an adapter are the differences of the loss', async () => {
    using adapter = inventedAdapter(model, 6, { targets: /layers\.[01]\./ });
    const tensors = [...adapter.deltas.values()].flatMap(({ a, b }) => [a, b]);
    const texts = [idsOf(6, 1), idsOf(4, 2), idsOf(3, 8)];
    const lossOf = () => {
      const lengths = texts.map(({ length }) => length);
      const segments = new Segments(device, lengths, undefined, [adapter, undefined, adapter]);
      const { output } = model.forward({ ids: texts.flat(), segments }, { logits: 'none' });
      return sumAll(mul(output, output));
    };
    for (const tensor of tensors) tensor.requiresGrad = true;
    using tape = new Tape();
    const gradients = scope(() => tape.gradients(tape.run(lossOf), tensors));
    for (const tensor of tensors) tensor.requiresGrad = false;
    const value = async () => {
      using loss = scope(lossOf);
      return (await loss.read())[0]!;
    };
    for (const at of [0, 1, tensors.length - 2, tensors.length - 1]) {
      const tensor = tensors[at]!;
      const [was, gradient] = [Float32Array.from(await tensor.read()), await gradients[at]!.read()];
      const length = Math.hypot(...gradient);
      const moved = async (by: number) => {
        tensor.write(was.map((number, i) => number + (by * gradient[i]!) / length));
        return value();
      };
      const step = 1e-2;
      const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
      tensor.write(was);
      expect(Math.abs(difference / length - 1)).toBeLessThan(2e-2);
    }
    for (const gradient of gradients) gradient.dispose();
  });

  it('runs ranges of layers, from ids, embeddings or hidden states', async () => {
    const ids = idsOf(11, 2);
    const [whole, parts] = scope(() => {
      const segments = new Segments(device, [6, 5]);
      const { hidden, output, logits } = model.forward({ ids, segments }, { hidden: true });
      const middle = model.forward({ embeddings: model.embed(ids), segments }, { layers: [0, 2] }).output;
      const rest = model.forward({ embeddings: middle, segments }, { layers: [2, hidden.length - 1] });
      return [
        [hidden[2]!, output, logits!],
        [middle, rest.output, rest.logits!],
      ];
    });
    for (const [i, part] of parts!.entries()) expect(await part.read()).toEqual(await whole![i]!.read());
    for (const tensor of [...whole!, ...parts!]) tensor.dispose();
    const refused = (layers: [number, number], input: object) => () =>
      scope(() => model.forward({ segments: new Segments(device, [2]), ...input }, { layers }));
    expect(refused([0, 99], { ids: [1, 2] })).toThrow(/layers.*from 0 to/);
    expect(refused([1, 2], { ids: [1, 2] })).toThrow(/hidden states before layer 1/);
  });

  it('a mixer goes on from the states that it gave, with gradients in them', async () => {
    const mamba = model.description.layers.findIndex(({ mixer }) => mixer === 'mamba');
    const layers = [mamba, mamba + 1] as const;
    const embedded = (from: number, to: number) => model.embed(idsOf(9, 4).slice(from, to));
    const pass = (x: Tensor, initial?: object) =>
      model.forward(
        { embeddings: x, segments: new Segments(device, [x.shape[0]!]) },
        { layers, initialStates: initial === undefined ? [] : Array.from({ length: mamba + 1 }, () => initial) },
      );
    const [whole, end] = scope(() => {
      const before = pass(embedded(0, 5));
      return [pass(embedded(0, 9)).output.range(5, 9), pass(embedded(5, 9), before.finalStates![mamba]).output];
    });
    expect(await end!.read()).toEqual(await whole!.read());
    for (const tensor of [whole!, end!]) tensor.dispose();
    const { inner, stateSize } = model.stateLayouts[mamba] as { inner: number; stateSize: number };
    const ssm = Tensor.from(device, [1, stateSize, inner], new Float32Array(stateSize * inner).fill(0.1));
    ssm.requiresGrad = true;
    using tape = new Tape();
    const [gradient] = scope(() =>
      tape.gradients(
        tape.run(() => sumAll(pass(embedded(0, 4), { ssm }).output)),
        [ssm],
      ),
    );
    expect(Math.hypot(...(await gradient!.read()))).toBeGreaterThan(0);
    gradient!.dispose();
    ssm.dispose();
  });
});
