import { openDevice } from 'jambalaya';
import { parseJambaConfig } from 'jambalaya/models';
import { Segments } from 'jambalaya/nn';
import { scope, Tensor } from 'jambalaya/tensor';
import { InitialWeights } from 'jambalaya/train';
import { afterAll, describe, expect, it } from 'vitest';
import { buildTransformer, Rotary } from '../../bench/hybrid/rotary.mjs';
import { build, configOf, parametersOf, variants } from '../../bench/hybrid/variants.mjs';

const settings = { hidden: 16, layers: 8, heads: 2, intermediate: 32 };
const device = await openDevice({ name: 'native', threads: 1 });
afterAll(() => device.dispose());

type Config = ReturnType<typeof configOf>;

async function logitsOf(config: Config, builder: typeof build, sequences: readonly (readonly number[])[]) {
  const weights = new InitialWeights(device, { seed: 1, deviation: 0.3 });
  const model = await builder(config, weights);
  const logits = scope(() => {
    const segments = new Segments(
      device,
      sequences.map(({ length }) => length),
    );
    return model.forward({ ids: sequences.flat(), segments }).logits!;
  });
  const values = Array.from(await logits.read());
  logits.dispose();
  model.dispose();
  return values;
}

describe('the variants', () => {
  it.each(Object.keys(variants))('%s: counted as they are built, and as many active as in the others', async (name) => {
    const config = configOf(name, settings);
    const weights = new InitialWeights(device, { seed: 1 });
    const model = await build(config, weights);
    const built = [...model.parameters.values()].reduce((sum, { size }) => sum + size, 0);
    expect(parametersOf(config).total).toBe(built);
    const target = parametersOf(configOf('hybrid-1-7', { hidden: 64, layers: 8, heads: 4, intermediate: 128 }));
    const { active } = parametersOf(configOf(name, { hidden: 64, layers: 8, heads: 4, intermediate: 128 }));
    expect(Math.abs(active / target.active - 1)).toBeLessThan(0.01);
    model.dispose();
  });

  it('have attention where they say', () => {
    const attending = (name: string) => {
      const { attention } = parseJambaConfig(configOf(name, settings) as never, name);
      return Array.from({ length: 8 }, (_, i) => i).filter((i) => i % attention.period === attention.offset);
    };
    expect(attending('attention')).toHaveLength(8);
    expect(attending('mamba')).toEqual([]);
    expect(attending('hybrid-1-7')).toEqual([4]);
    expect(attending('hybrid-1-3')).toEqual([2, 6]);
  });
});

describe('the Transformer', () => {
  const ids = [5, 9, 5, 200, 31, 9, 9];

  it('without positions is a Jamba of attention layers, bit for bit', async () => {
    const config = configOf('attention', settings);
    expect(await logitsOf(config, buildTransformer, [ids])).toEqual(await logitsOf(config, build, [ids]));
  });

  it('with rotary positions tells orders apart, and begins anew with each segment', async () => {
    const last = (logits: number[]) => logits.slice(-257);
    const [plain, rotary] = [configOf('attention', settings), configOf('rotary', settings)];
    const swapped = [9, 5, ...ids.slice(2)];
    // One attention layer without positions sees a set; eight see more, so that the difference is small but not nothing.
    const oneLayer = (config: Config) => ({ ...config, num_hidden_layers: 1 });
    const difference = async (config: Config) => {
      const [a, b] = [last(await logitsOf(config, build, [ids])), last(await logitsOf(config, build, [swapped]))];
      return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    };
    expect(await difference(oneLayer(plain))).toBeLessThan(1e-5);
    expect(await difference(oneLayer(rotary))).toBeGreaterThan(1e-3);
    const [alone, second] = [await logitsOf(rotary, build, [ids]), await logitsOf(rotary, build, [[1, 2, 3], ids])];
    expect(second.slice(-alone.length)).toEqual(alone);
  });

  it('turns each pair of a head by its position times its frequency', async () => {
    const [heads, headSize, theta] = [2, 8, 100];
    using weights = new InitialWeights(device, { seed: 1 });
    const rotary = new Rotary(device, weights, { context: 16, headSize, theta });
    const lengths = [5, 2];
    const x = Float32Array.from({ length: 7 * heads * headSize }, (_, i) => Math.sin(i * i));
    const turned = scope(() => {
      rotary.begin(device, lengths, heads);
      return rotary.rotate(Tensor.from(device, [7, heads * headSize], x));
    });
    const found = await turned.read();
    const positions = [0, 1, 2, 3, 4, 0, 1];
    const half = headSize / 2;
    for (let row = 0; row < 7; row++) {
      for (let head = 0; head < heads; head++) {
        for (let j = 0; j < half; j++) {
          const at = (row * heads + head) * headSize + j;
          const angle = positions[row]! * theta ** (-j / half);
          const [a, b] = [x[at]!, x[at + half]!];
          expect(found[at]).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 5);
          expect(found[at + half]).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 5);
        }
      }
    }
    turned.dispose();
  });
});
