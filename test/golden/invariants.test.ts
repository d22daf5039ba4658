/**
 * What may not depend on how a computation is cut, bit for bit on one device: prefill or token by token, in chunks, alone or
 * in a batch, padded or not, on one thread or several, whole or continued from a saved state.
 */
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/devices/index.js';
import { decodeState, encodeState } from '../../src/generation/index.js';
import { type Model, withoutPadding } from '../../src/models/index.js';
import { Segments, type State, StatePool } from '../../src/nn/index.js';
import { quantizer } from '../../src/quantization/index.js';
import { scope } from '../../src/tensor/index.js';
import { batchOf, decoderSets, devices, goldenFile, largestDifference, loadSet, read } from './support.js';

/** Every set as it lies on disk, and two of them in the other classes of arithmetic. */
const cases = [
  ...[...decoderSets, 'jamba-long', 'char-shakespeare'].map((set) => ({ set, scheme: undefined })),
  ...(['bf16', 'int8'] as const).flatMap((scheme) =>
    ['jamba-moe', 'jamba-odd', 'qwen3-tiny'].map((set) => ({ set, scheme })),
  ),
];
const optionsOf = (scheme: 'bf16' | 'int8' | undefined) =>
  scheme === undefined ? {} : { quantize: quantizer(scheme) };

async function logitsOf(model: Model, ids: Int32Array, segments: () => Segments): Promise<Float64Array | Float32Array> {
  using logits = scope(() => model.forward({ ids, segments: segments() }).logits!);
  return await read(logits);
}

/** Rows of one sequence fed in pieces of the given lengths. */
async function inPieces(model: Model, state: State, ids: Int32Array, lengths: readonly number[]) {
  const rows: number[] = [];
  let at = 0;
  for (const length of lengths) {
    const piece = ids.subarray(at, at + length);
    rows.push(...(await logitsOf(model, piece, () => new Segments(model.device, [length], [state]))));
    at += length;
  }
  return rows;
}

const piecesOf = (total: number, size: number) =>
  Array.from({ length: Math.ceil(total / size) }, (_, i) => Math.min(size, total - i * size));

describe.each(devices)('$title', ({ title, open }) => {
  it.each(cases)('$set $scheme', async ({ set, scheme }) => {
    const device = await open();
    const model = await loadSet(set, device, optionsOf(scheme));
    const golden = await goldenFile(set);
    const length = Math.min(golden.shape('input_ids')[1]!, title.startsWith('reference') ? 40 : 200);
    const all = await golden.integers('input_ids');
    const ids = all.slice(0, length);
    const other = Int32Array.from(ids).reverse();
    const whole = Array.from(await logitsOf(model, ids, () => batchOf(model, 1, length)));
    const V = model.description.vocabularySize;
    const pool = new StatePool(device, model.stateLayouts);

    for (const size of [1, 7, 64]) {
      using state = pool.create();
      expect(await inPieces(model, state, ids, piecesOf(length, size)), `pieces of ${size}`).toEqual(whole);
    }

    // Alone or among others, of other lengths, an empty one included, with and without states.
    const batch = [...other.slice(0, 5), ...ids, ...other];
    const lengths = [5, length, 0, length];
    const among = await logitsOf(model, Int32Array.from(batch), () => new Segments(device, lengths));
    expect(Array.from(among.subarray(5 * V, (5 + length) * V)), 'in a batch').toEqual(whole);
    const states = lengths.map(() => pool.create());
    const amongStates = await logitsOf(model, Int32Array.from(batch), () => new Segments(device, lengths, states));
    expect(Array.from(amongStates.subarray(5 * V, (5 + length) * V)), 'in a batch of states').toEqual(whole);
    for (const state of states) state.dispose();

    // Padded on either side.
    for (const left of [0, 6]) {
      const padded = new Int32Array(length + 6);
      padded.set(ids, left);
      const mask = Int32Array.from(padded, (_, t) => Number(t >= left && t < left + length));
      const { lengths: kept, rows } = withoutPadding(mask, 1, length + 6);
      const unpadded = await logitsOf(
        model,
        Int32Array.from(rows, (row) => padded[row]!),
        () => new Segments(device, kept),
      );
      expect(Array.from(unpadded), `padded by ${left} on the left`).toEqual(whole);
    }

    // Cloned, saved and restored in the middle; the clone and the original go on by themselves.
    const half = Math.floor(length / 2);
    using state = pool.create();
    await inPieces(model, state, ids.slice(0, half), [half]);
    using clone = state.clone();
    using restored = await decodeState(await encodeState(state, 'fingerprint'), pool, 'fingerprint');
    const rest = piecesOf(length - half, 5);
    for (const [name, continued] of [
      ['clone', clone],
      ['original', state],
      ['restored', restored],
    ] as const) {
      const went = await inPieces(model, continued, ids.slice(half), rest);
      // A file holds float32: the reference's float64 states are rounded on the way.
      if (name === 'restored' && device.name === 'reference') {
        expect(largestDifference(went, whole.slice(half * V)), name).toBeLessThan(1e-5);
      } else {
        expect(went, name).toEqual(whole.slice(half * V));
      }
    }
    for (const held of [state, clone, restored]) held.dispose();
    pool.dispose();
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  it.each(decoderSets)('greedy continuation of %s', async (set) => {
    const device = await open();
    const model = await loadSet(set, device);
    const golden = await goldenFile(set);
    const [, length] = golden.shape('input_ids') as [number, number];
    const ids = (await golden.integers('input_ids')).slice(0, length);
    const greedy = await golden.integers('greedy.ids');
    const pool = new StatePool(device, model.stateLayouts);
    using state = pool.create();
    // Greedy: 9 tokens of prompt, then the most likely one each time.
    let logits = (await inPieces(model, state, ids.slice(0, 9), [9])).slice(-model.description.vocabularySize);
    const continued = [...ids.slice(0, 9)];
    while (continued.length < greedy.length) {
      const id = logits.indexOf(Math.max(...logits));
      continued.push(id);
      logits = await inPieces(model, state, Int32Array.from([id]), [1]);
    }
    expect(continued).toEqual([...greedy]);
    state.dispose();
    pool.dispose();
    model.dispose();
    device.dispose();
  });
});

it('one thread or several, bit for bit', async () => {
  const [one, three] = await Promise.all([1, 3].map((threads) => openDevice({ threads })));
  expect(one!.threads).not.toBe(three!.threads);
  for (const { set, scheme } of cases) {
    const golden = await goldenFile(set);
    const [, length] = golden.shape('input_ids') as [number, number];
    const ids = (await golden.integers('input_ids')).slice(0, length);
    const results = await Promise.all(
      [one!, three!].map(async (device) => {
        const model = await loadSet(set, device, optionsOf(scheme));
        return Array.from(await logitsOf(model, ids, () => batchOf(model, 1, length)));
      }),
    );
    expect(results[1], set).toEqual(results[0]);
  }
});
