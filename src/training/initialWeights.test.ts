import { describe, expect, it } from 'vitest';
import { tinyConfig } from '../../test/support/training.js';
import { ReferenceDevice } from '../devices/index.js';
import { buildModel } from '../models/index.js';
import { InitialWeights } from './initialWeights.js';

const device = new ReferenceDevice();
const build = (seed: number) =>
  buildModel(tinyConfig, 'config.json', new InitialWeights(device, { seed, padIds: [0] }));

describe('initial weights of a Jamba', async () => {
  const model = await build(1);
  const values = async (name: string) => [...((await model.parameters.get(name)!.read()) as Float64Array)];
  const deviation = (of: readonly number[]) => Math.sqrt(of.reduce((sum, value) => sum + value ** 2, 0) / of.length);

  it('A_log[c, j] = ln(j + 1), D = 1, norms = 1', async () => {
    const states = tinyConfig.mamba_d_state;
    const aLog = await values('model.layers.0.mamba.A_log');
    expect(aLog).toEqual(aLog.map((_, i) => Math.fround(Math.log((i % states) + 1))));
    expect(new Set(await values('model.layers.0.mamba.D'))).toEqual(new Set([1]));
    for (const name of model.parameters.keys()) {
      if (/norm/.test(name)) expect(new Set(await values(name)), name).toEqual(new Set([1]));
    }
  });

  it('Δ = softplus(dt_proj.bias) lies between 0.001 and 0.1, evenly in its logarithm', async () => {
    const steps = (await values('model.layers.0.mamba.dt_proj.bias')).map((x) => Math.log(Math.log1p(Math.exp(x))));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(Math.log(0.001) - 1e-4);
    expect(Math.max(...steps)).toBeLessThanOrEqual(Math.log(0.1) + 1e-4);
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    expect(Math.abs(mean - Math.log(0.01))).toBeLessThan(0.5);
  });

  it('dt_proj and convolutions are uniform within their bounds', async () => {
    const rank = Math.ceil(tinyConfig.hidden_size / 16);
    for (const [name, bound] of [
      ['dt_proj.weight', rank ** -0.5],
      ['conv1d.weight', tinyConfig.mamba_d_conv ** -0.5],
      ['conv1d.bias', tinyConfig.mamba_d_conv ** -0.5],
    ] as const) {
      const drawn = await values(`model.layers.0.mamba.${name}`);
      const largest = Math.max(...drawn.map(Math.abs));
      expect(largest, name).toBeLessThanOrEqual(bound);
      expect(largest, name).toBeGreaterThan(0.8 * bound);
    }
  });

  it('other matrices are normal with deviation 0.02, the padding’s embedding is zero', async () => {
    for (const name of [
      'model.layers.0.mamba.in_proj.weight',
      'model.layers.1.feed_forward.experts.1.up_proj.weight',
    ]) {
      expect(deviation(await values(name)), name).toBeCloseTo(0.02, 2);
    }
    const table = await values('model.embed_tokens.weight');
    const width = tinyConfig.hidden_size;
    expect(new Set(table.slice(0, width))).toEqual(new Set([0]));
    expect(deviation(table.slice(width))).toBeCloseTo(0.02, 2);
  });

  it('follow from the seed and the name alone', async () => {
    const again = await build(1);
    const other = await build(2);
    const name = 'model.layers.1.feed_forward.router.weight';
    const read = async (from: typeof model) => [...(await from.parameters.get(name)!.read())];
    expect(await read(again)).toEqual(await read(model));
    expect(await read(other)).not.toEqual(await read(model));
    expect(await values('model.layers.0.mamba.in_proj.weight')).not.toEqual(
      await values('model.layers.2.mamba.in_proj.weight'),
    );
  });
});
