import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { compareOverContext, defaultContexts, transformerTwin } from './comparison.js';
import { readModelShape } from './config.js';
import { findHardware } from './hardware.js';
import { countParameters } from './parameters.js';

const shapeOf = (name: string) => readModelShape(configOf(name)).shape;
const mini = shapeOf('jamba-mini');

describe('transformerTwin', () => {
  it('has attention in every layer and everything else as it was', () => {
    const twin = transformerTwin(mini);
    expect(twin.layers.every(({ mixer }) => mixer.kind === 'attention')).toBe(true);
    expect(twin.layers.map(({ feedForward }) => feedForward)).toEqual(
      mini.layers.map(({ feedForward }) => feedForward),
    );
    const attention = 2 * 4096 * 4096 + 2 * 4096 * 1024;
    const mamba = 105_308_448;
    expect(countParameters(mini).total - countParameters(twin).total).toBe(28 * (mamba - attention));
  });

  it('invents heads for a model without any', () => {
    expect(transformerTwin(shapeOf('mamba-2.8b')).layers[0]!.mixer).toMatchObject({
      heads: 20,
      kvHeads: 20,
      headSize: 128,
    });
  });
});

describe('compareOverContext', () => {
  it('has an eighth of the cache of its twin at any context (1 attention layer of 8)', () => {
    const models = [
      { name: 'hybrid', shape: mini },
      { name: 'twin', shape: transformerTwin(mini) },
    ];
    const [hybrid, twin] = compareOverContext(models, { contexts: [1000, 262_144] });
    expect(hybrid!.points.map(({ kvCacheBytes }) => 8 * kvCacheBytes)).toEqual(
      twin!.points.map(({ kvCacheBytes }) => kvCacheBytes),
    );
    expect(hybrid!.points[1]).toMatchObject({ context: 262_144, kvCacheBytes: 4 * 2 ** 30, stateBytes: 16_515_072 });
    expect(hybrid!.points[1]!.tokenFlops).toBeLessThan(twin!.points[1]!.tokenFlops / 3);
    expect(hybrid!.points[0]!.serving).toBeUndefined();
  });

  it('serves more and faster at long contexts on the same machines', () => {
    const models = ['jamba-mini', 'mixtral-8x7b'].map((name) => ({ name, shape: shapeOf(name) }));
    const serving = { hardware: findHardware('a100-80gb'), count: 4 };
    const [jamba, mixtral] = compareOverContext(models, { contexts: [131_072], serving });
    const [a, b] = [jamba!.points[0]!.serving!, mixtral!.points[0]!.serving!];
    expect(a.fits && b.fits).toBe(true);
    // The Jamba paper (arXiv 2403.19887) has 3 times the tokens per second at 128K, batch 1, on four A100s; the direction holds.
    expect(a.tokensPerSecondAlone).toBeGreaterThan(b.tokensPerSecondAlone);
    expect(a.maxConcurrency!).toBeGreaterThan(3 * b.maxConcurrency!);
    expect(a.tokensPerSecondBound).toBeGreaterThan(3 * b.tokensPerSecondBound);
    expect(jamba!.maxContext!).toBeGreaterThan(mixtral!.maxContext!);
  });

  it('ends where learned positions end', () => {
    expect(defaultContexts([mini])).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256].map((k) => 1024 * k));
    expect(defaultContexts([mini, shapeOf('bert-base')]).at(-1)).toBe(512);
    expect(() => compareOverContext([{ name: 'bert', shape: shapeOf('bert-base') }], { contexts: [1024] })).toThrow(
      expect.objectContaining({ code: 'limit' }),
    );
  });
});
