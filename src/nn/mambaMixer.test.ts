import { afterAll, describe, expect, it } from 'vitest';
import { openDevice } from '../devices/index.js';
import { conv1d, exp, matmul, mul, rmsNorm, scale, scope, selectiveScan, silu, Tensor } from '../tensor/index.js';
import { MambaMixer, type MambaShape } from './mambaMixer.js';
import { Segments } from './segments.js';
import type { Matrix, WeightSource } from './weights.js';

const device = await openDevice({ name: 'reference' });
const shape: MambaShape = {
  ...{ hidden: 4, inner: 6, stateSize: 3, convWidth: 4, dtRank: 2 },
  ...{ convBias: true, projectionBias: false, innerNorms: true, eps: 1e-6 },
};

/** Weights of any name and shape, and which were asked for. */
class SomeWeights implements WeightSource {
  readonly device = device;
  readonly taken = new Map<string, Tensor>();
  readonly projections = new Map();

  has = () => false;
  repeats = async () => true;
  own = <T extends Tensor>(tensor: T) => tensor;
  stack = () => Promise.reject(new Error('no experts'));

  async vector(name: string, dimensions: readonly number[]) {
    const size = dimensions.reduce((product, n) => product * n, 1);
    const values = Float32Array.from({ length: size }, (_, i) => Math.sin(name.length + i * i + 1) + 0.3);
    const tensor = Tensor.from(device, dimensions, values);
    this.taken.set(name, tensor);
    return tensor;
  }

  async matrix(name: string, rows: number, columns: number): Promise<Matrix> {
    return { values: await this.vector(name, [rows, columns]) };
  }

  async parts(name: string, rows: readonly number[], columns: number): Promise<Matrix[]> {
    const whole = await this.vector(name, [rows.reduce((sum, n) => sum + n, 0), columns]);
    let end = 0;
    return rows.map((count) => {
      end += count;
      return { values: whole.range(end - count, end) };
    });
  }
}

/** The formulas of the mixer, written out in ops. */
function expected(x: Tensor, offsets: Tensor, weights: SomeWeights, innerNorms: boolean): Tensor {
  const w = (name: string) => weights.taken.get(`m.${name}`)!;
  const { inner, dtRank, stateSize, convWidth, eps } = shape;
  const [u, z] = [w('in_proj.weight').range(0, inner), w('in_proj.weight').range(inner, 2 * inner)].map((rows) =>
    matmul(x, rows),
  );
  const { out } = conv1d(u!, w('conv1d.weight').reshape([inner, convWidth]), w('conv1d.bias'), { offsets }, 'silu');
  const ends = [0, dtRank, dtRank + stateSize, dtRank + 2 * stateSize];
  const [dt, b, c] = ['dt', 'b', 'c'].map((part, i) => {
    const rows = matmul(out, w('x_proj.weight').range(ends[i]!, ends[i + 1]!));
    return innerNorms ? rmsNorm(rows, w(`${part}_layernorm.weight`), eps) : rows;
  });
  const delta = matmul(dt!, w('dt_proj.weight'), { bias: w('dt_proj.bias') });
  const a = scale(exp(w('A_log')), -1);
  const { out: y } = selectiveScan(out, delta, a, b!, c!, w('D'), { offsets }, 'softplus');
  return matmul(mul(silu(z!), y), w('out_proj.weight'));
}

describe('the Mamba mixer', () => {
  afterAll(() => device.dispose());

  it.each([true, false])('is its formulas, inner norms: %s', async (innerNorms) => {
    const weights = new SomeWeights();
    const mixer = await MambaMixer.load(weights, 'm', { ...shape, innerNorms });
    expect([...weights.taken.keys()].filter((name) => name.endsWith('layernorm.weight'))).toHaveLength(
      innerNorms ? 3 : 0,
    );
    const [found, wanted] = scope(() => {
      const segments = new Segments(device, [5, 2]);
      const x = Tensor.from(
        device,
        [7, shape.hidden],
        Float32Array.from({ length: 28 }, (_, i) => Math.cos(i * 1.7)),
      );
      return [mixer.forward(x, segments), expected(x, segments.offsets, weights, innerNorms)];
    });
    const [values, right] = [await found!.read(), await wanted!.read()];
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(right[i]!, 6);
    });
    expect(Math.max(...right.map(Math.abs))).toBeGreaterThan(0.1);
  });
});
