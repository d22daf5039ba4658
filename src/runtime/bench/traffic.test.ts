import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countFlops, type FlopsPart, prompt, readModelShape } from '../../cost/index.js';
import { Profile } from '../../devices/index.js';
import { Segments, StatePool } from '../../nn/index.js';
import { scope, softmax, topK } from '../../tensor/index.js';
import { sequenceMemory } from '../memoryPlan.js';
import { BenchSession, median } from './session.js';
import { activeBytes, distinctExperts } from './traffic.js';

const folder = fileURLToPath(new URL('../../../models/char-shakespeare', import.meta.url));
let session: BenchSession;
const sequenceBytes = (context: number, kvDType: 'f32' | 'bf16' = 'f32') => {
  const { stateBytes, kvCacheBytes } = sequenceMemory(session.model.stateLayouts, context, kvDType);
  return stateBytes + kvCacheBytes;
};
beforeAll(async () => {
  session = await BenchSession.open(folder);
});
afterAll(() => session.close());

describe('what a decode step reads', () => {
  it('parts all stored bytes into those of every step, of a token, and of an expert', () => {
    const { model } = session;
    const { always, perToken, perExpert } = activeBytes(model);
    const mixtures = model.description.layers.filter(({ experts }) => experts > 1);
    expect(perExpert).toHaveLength(3);
    // Three bf16 matrices of (224, 128) each.
    expect(perExpert).toEqual(mixtures.map(() => 2 * 3 * 224 * 128));
    // The embedding is the head, and read as a whole.
    expect(perToken).toBe(0);
    const stored = [...model.parameters.values()].reduce((total, { bytes }) => total + bytes, 0);
    expect(always + 3 * 4 * 2 * 3 * 224 * 128).toBe(stored);
  });

  it('counts a sequence as the pool stores it', () => {
    const { model } = session;
    using pool = new StatePool(model.device, model.stateLayouts);
    // The pool begins with room for one sequence of four pages.
    expect(sequenceBytes(4 * pool.pageTokens)).toBe(pool.bytes);
    using narrow = new StatePool(model.device, model.stateLayouts, { kvDType: 'bf16' });
    expect(sequenceBytes(4 * narrow.pageTokens, 'bf16')).toBe(narrow.bytes);
  });

  it('finds the experts that decoding really chose, step by step', async () => {
    const { model } = session;
    const sequences = [0, 1, 2].map((s) => Array.from({ length: 12 }, (_, t) => (31 * t + 17 * s + 5) % 259));
    const steps = 5;
    const counts = await distinctExperts(model, sequences, steps);
    using pool = new StatePool(model.device, model.stateLayouts);
    const states = sequences.map(() => pool.create());
    scope(() => {
      const segments = new Segments(model.device, [7, 7, 7], states);
      model.forward({ ids: sequences.flatMap((ids) => ids.slice(0, 7)), segments }, { logits: 'none' });
    });
    for (let step = 0; step < steps; step++) {
      const chosen = scope(() => {
        const ids = sequences.map((sequence) => sequence[7 + step]!);
        const { routerLogits } = model.forward({ ids, segments: new Segments(model.device, [1, 1, 1], states) });
        return routerLogits.map((logits) => topK(softmax(logits), 2).indices);
      });
      const distinct = [];
      for (const indices of chosen) distinct.push(new Set(await indices.read()).size);
      for (const indices of chosen) indices.dispose();
      expect(counts[step], `step ${step}`).toEqual(distinct);
    }
    // Two of four experts for each token: several tokens need from two to four.
    expect(counts.flat().every((count) => count >= 2 && count <= 4)).toBe(true);
    expect(new Set(counts.flat()).size).toBeGreaterThan(1);
  });
});

describe('a session', () => {
  it('counts the operations that the products of a prompt really are', async () => {
    const { device, checkpoint } = session;
    const profile = new Profile(device);
    const { operations } = await session.prefill(100, profile);
    const ran = profile.products().reduce((total, product) => total + product.operations, 0);
    expect(ran).toBe(operations);
    const { shape } = readModelShape(checkpoint.config);
    const flops = countFlops(shape, prompt(shape, 100));
    const others: readonly FlopsPart[] = ['attentionScores', 'convolution', 'scan'];
    const all = Object.values(flops).reduce((total, { forward }) => total + forward, 0);
    expect(operations).toBe(others.reduce((rest, part) => rest - flops[part].forward, all));
  });

  it('reads more with more sequences, and knows what its products multiply', async () => {
    const [one, four] = [await session.decode(1, 4), await session.decode(4, 4)];
    const { always, perExpert } = activeBytes(session.model);
    const twoExperts = 2 * perExpert.reduce((total, bytes) => total + bytes);
    const sequence = sequenceBytes(11 + 1.5);
    expect(one.bytesPerStep).toBeCloseTo(always + twoExperts + sequence, 6);
    expect(four.bytesPerStep).toBeGreaterThan(one.bytesPerStep + 3 * sequence - 1e-6);
    expect(four.bytesPerStep).toBeLessThanOrEqual(always + 2 * twoExperts + 4 * sequence);
    expect(one.secondsPerStep).toBeGreaterThan(0);
    expect(await session.productClass()).toBe('f32');
    for (const [weights, kind] of [
      ['bf16', 'bf16'],
      ['int8', 'int8'],
      ['experts-int8', 'f32'],
    ] as const) {
      const other = await BenchSession.open(folder, { weights });
      expect(await other.productClass(), weights).toBe(kind);
      await other.close();
    }
  });

  it('is refused on devices that are not for speed', async () => {
    await expect(BenchSession.open(folder, { device: 'reference' })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('takes the middle as the median', () => {
  expect([median([3]), median([4, 1, 3]), median([1, 9, 2, 4])]).toEqual([3, 3, 3]);
});
