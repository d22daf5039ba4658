import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import type { Model } from '../models/index.js';
import { StatePool } from '../nn/index.js';
import { DecodeBatch } from './decodeBatch.js';
import { allLogits } from './logits.js';
import { PrefixCache } from './prefixCache.js';
import { uniformAt } from './random.js';

/** Conversations that are tried; a long run of its own sets more. */
const rounds = Number(process.env.JAMBALAYA_CACHE_ROUNDS ?? 300);

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => device.dispose());

/** Reads a prompt as a request does: from the cache, with a pause at every checkpoint; then makes some tokens. */
async function ask(
  batch: DecodeBatch,
  cache: PrefixCache,
  prompt: readonly number[],
  maxTokens: number,
  prefillChunk = 512,
) {
  const { state, read, checkpoints } = cache.start('', prompt, []);
  using own = state;
  const made: { id: number; logprob: number; top: readonly { id: number; logprob: number }[] }[] = [];
  const pauses = checkpoints.map((at) => at - read);
  const options = { maxTokens, temperature: 0, logprobs: 4, pauses, prefillChunk };
  const sequence = batch.add({ state: own, prompt: prompt.slice(read), options });
  for (let done = false; !done; ) {
    const [step] = await batch.step();
    const at = read + sequence.promptRead;
    if (step!.token === undefined && checkpoints.includes(at)) cache.keep('', prompt.slice(0, at), own);
    if (step!.token !== undefined) made.push(step!.token as (typeof made)[number]);
    done = step!.finishReason !== undefined;
  }
  cache.keep('', [...prompt, ...made.map(({ id }) => id)].slice(0, own.length), own);
  return { read, made };
}

/** Numbers that a seed gives one after the other. */
function draws(seed: number) {
  let at = 0;
  return (below: number) => Math.floor(uniformAt(seed, at++) * below);
}

describe.each(['jamba-moe', 'llama-tiny'])('a cache of %s', (set) => {
  let model: Model;
  beforeAll(async () => {
    model = await loadSet(set, device);
  });
  afterAll(() => model.dispose());
  const V = () => model.description.vocabularySize;

  it('gives what reading gives, every bit, through edits, branches and evictions', { timeout: 600_000 }, async () => {
    using pool = new StatePool(device, model.stateLayouts);
    using batch = new DecodeBatch(model);
    using cache = new PrefixCache(pool, { budgetBytes: 600_000, checkpointEvery: 16 });
    using nothing = new PrefixCache(pool, { budgetBytes: 0 });
    const draw = draws(7);
    const known: number[][] = [[]];
    for (let round = 0; round < rounds; round++) {
      // An earlier conversation up to some token of it, and something new.
      const base = known[draw(known.length)]!;
      const kept = base.slice(0, draw(3) === 0 ? draw(base.length + 1) : base.length);
      const prompt = [...kept, ...Array.from({ length: 1 + draw(24) }, () => draw(V()))].slice(0, 180);
      const chunk = 1 + draw(40);
      const cached = await ask(batch, cache, prompt, 3, chunk);
      const read = await ask(batch, nothing, prompt, 3);
      expect(read.read).toBe(0);
      expect(cached.made).toEqual(read.made);
      known.push([...prompt, ...cached.made.map(({ id }) => id)]);
      if (known.length > 12) known.splice(draw(known.length), 1);
      expect(cache.bytes).toBeLessThanOrEqual(600_000);
    }
    const { hits, evictions, restoredTokens } = cache.report;
    expect(hits).toBeGreaterThan(rounds / 3);
    expect(evictions).toBeGreaterThan(rounds / 30);
    expect(restoredTokens).toBeGreaterThan(5 * rounds);
  });

  it('agrees with one pass over the whole', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    using batch = new DecodeBatch(model);
    using cache = new PrefixCache(pool, { budgetBytes: 1e8, checkpointEvery: 16 });
    const prompt = Array.from({ length: 70 }, (_, i) => (i * 13) % V());
    await ask(batch, cache, prompt, 1);
    const longer = [...prompt, 3, 1, 4];
    const { read, made } = await ask(batch, cache, longer, 1);
    expect(read).toBe(70);
    const logits = await allLogits(model, longer);
    const row = [...logits.subarray(-V())];
    expect(made[0]!.id).toBe(row.indexOf(Math.max(...row)));
    const normalizer = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect(made[0]!.logprob).toBeCloseTo(Math.max(...row) - normalizer, 5);
  });

  it('finds what two prompts share from the third on', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    using batch = new DecodeBatch(model);
    using cache = new PrefixCache(pool, { budgetBytes: 1e8, checkpointEvery: 64 });
    const shared = Array.from({ length: 100 }, (_, i) => (i * 7) % V());
    const reads: number[] = [];
    for (let i = 0; i < 4; i++) {
      const own = Array.from({ length: 20 }, (_, j) => (i * 31 + j * 17 + 5 + i) % V());
      reads.push((await ask(batch, cache, [...shared, ...own], 1)).read);
    }
    const recurrent = model.stateLayouts.some(({ kind }) => kind === 'mamba');
    // Every so many tokens at first, then where the second one left the first; at any token without recurrent layers.
    expect(reads).toEqual(recurrent ? [0, 64, 100, 100] : [0, 100, 100, 100]);
  });

  it('keeps salts apart, gives its memory back, and says why nothing was found', async () => {
    using pool = new StatePool(device, model.stateLayouts);
    using batch = new DecodeBatch(model);
    const cache = new PrefixCache(pool, { budgetBytes: 1e8 });
    const prompt = Array.from({ length: 30 }, (_, i) => i);
    await ask(batch, cache, prompt, 2);
    const other = cache.start('other', prompt);
    expect(other.read).toBe(0);
    other.state.dispose();
    const same = cache.start('', prompt);
    expect(same.read).toBe(29);
    same.state.dispose();
    expect(cache.report).toMatchObject({ hits: 1, misses: { unknown: 2, noCheckpoint: 0 } });
    expect(() => cache.keep('', prompt, same.state)).toThrow();
    cache.dispose();
    expect(cache.bytes).toBe(0);
    // All slots and pages are free again: as many as before fit without growing.
    const { growths } = pool;
    using first = pool.create();
    expect(pool.growths).toBe(growths);
    expect(first.length).toBe(0);
  });
});
