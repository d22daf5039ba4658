/** `jambalaya inspect`: what a model is made of, read from its config and headers alone. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { addTensor, editJson, golden, shakespeare, TemporaryFolder } from '../support/folders.js';

interface Inspection {
  readonly parameters: { readonly total: number; readonly active: number };
  readonly bytes: number;
  readonly layers: readonly { readonly mixer: string; readonly experts: number; readonly parameters: number }[];
  readonly memory: readonly { readonly context: number; readonly stateBytes: number; readonly kvCacheBytes: number }[];
  readonly unusedTensors: readonly string[];
  readonly ignoredConfigKeys: readonly string[];
}

const inspect = (model: string, flags: readonly string[] = []) =>
  jambalayaJson<Inspection>(['inspect', model, ...flags]);

describe('inspect', () => {
  it('maps the layers and counts parameters, bytes and states', async () => {
    const result = await inspect(shakespeare);
    const layer = (mixer: string, experts: number) => expect.objectContaining({ mixer, experts });
    expect(result).toMatchObject({
      architecture: 'jamba',
      hiddenSize: 128,
      vocabularySize: 259,
      tiedHead: true,
      layers: [
        layer('mamba', 1),
        layer('mamba', 4),
        layer('mamba', 1),
        layer('attention', 4),
        layer('mamba', 1),
        layer('mamba', 4),
      ],
      unusedTensors: [],
      ignoredConfigKeys: [],
    });
    expect(result.parameters.total).toBe(1_958_344);
    // Half of the four experts rest, in each of three layers: two experts of three (224, 128) matrices.
    expect(result.parameters.active).toBe(1_958_344 - 3 * 2 * 3 * 224 * 128);
    // One attention layer: keys and values of two heads of 32, in f32.
    expect(result.memory[0]).toMatchObject({ context: 1024, kvCacheBytes: 1024 * 2 * 2 * 32 * 4 });
    expect(new Set(result.memory.map(({ stateBytes }) => stateBytes)).size).toBe(1);
  });

  it('counts in whole numbers, and its layers are within the whole', async () => {
    const sets = ['jamba-moe', 'jamba-dense', 'jamba-odd', 'jamba-stacked', 'jamba-long', 'bert-tiny'];
    const results = await Promise.all(sets.map((set) => inspect(golden(set))));
    results.forEach(({ parameters, layers, bytes }, i) => {
      expect(Number.isInteger(parameters.active), sets[i]).toBe(true);
      expect(parameters.active, sets[i]).toBeLessThanOrEqual(parameters.total);
      expect(
        layers.reduce((sum, layer) => sum + layer.parameters, 0),
        sets[i],
      ).toBeLessThan(parameters.total);
      expect(bytes, sets[i]).toBeGreaterThanOrEqual(2 * parameters.total);
    });
  });

  it('tells what a model would weigh with ExpertsInt8', async () => {
    const [file, int8] = await Promise.all([inspect(shakespeare), inspect(shakespeare, ['--weights', 'experts-int8'])]);
    expect(int8.parameters).toEqual(file.parameters);
    // 3 dense and 3 × 4 expert feed-forwards: one byte less a weight, four bytes more a row.
    const feedForwards = 3 + 3 * 4;
    expect(file.bytes - int8.bytes).toBe(feedForwards * (3 * 224 * 128 - 4 * (224 + 224 + 128)));
  });

  it('prints tables for people', async () => {
    const result = await jambalaya(['inspect', shakespeare]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('1,958,344 parameters');
    expect(result.stdout).toMatch(/3 {2}attention {2}4 experts, top 2/);
  });

  describe('of a folder with more than the model needs', () => {
    const folder = new TemporaryFolder();
    let model = '';
    beforeAll(() => {
      model = folder.copyOf(golden('jamba-moe'), 'more');
      addTensor(join(model, 'model.safetensors'), 'model.layers.0.surplus');
      editJson(join(model, 'config.json'), (config) => {
        config.a_new_key = 7;
      });
    });
    afterAll(() => folder.dispose());

    it('lists tensors and config keys without use', async () => {
      expect(await inspect(model)).toMatchObject({
        unusedTensors: ['model.layers.0.surplus'],
        ignoredConfigKeys: ['a_new_key'],
      });
      const { stdout } = await jambalaya(['inspect', model]);
      expect(stdout).toContain('not used: model.layers.0.surplus');
      expect(stdout).toContain('config keys without effect: a_new_key');
    });

    it('refuses the tensors with --strict, and nothing without', async () => {
      for (const args of [
        ['inspect', model],
        ['logits', model, '--ids', '5', '--out', folder.file('logits')],
      ]) {
        expect((await jambalaya(args)).code).toBe(0);
        const error = await jambalayaError([...args, '--strict'], 1);
        expect(error).toMatchObject({ code: 'checkpoint', message: expect.stringContaining('model.layers.0.surplus') });
        expect(error.hint).toContain('--strict');
      }
    });
  });
});
