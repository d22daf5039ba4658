/**
 * Weights before training (Gu and Dao, arXiv 2312.00752, and their `mamba_simple.py`): A_log[c, j] = ln(j + 1), D and norms 1,
 * dt_proj so that Δ begins between 0.001 and 0.1, convolutions as PyTorch begins them, other biases 0, other matrices normal.
 */
import type { Device } from '../contract/index.js';
import { GivenTensors, type Matrix, type WeightSource } from '../nn/index.js';
import { countOf, Tensor, unscoped } from '../tensor/index.js';
import { Random } from './random.js';

export interface InitialWeightsOptions {
  readonly seed: number;
  /** Standard deviation of matrices, a config's `initializer_range`. */
  readonly deviation?: number | undefined;
  /** Tokens whose embedding begins as zeros, as padding's does in Transformers. */
  readonly padIds?: readonly number[] | undefined;
}

/** Makes each parameter that a model asks for; its values follow from the seed and its name. */
export class InitialWeights extends GivenTensors implements WeightSource {
  constructor(
    readonly device: Device,
    private readonly options: InitialWeightsOptions,
  ) {
    super();
  }

  /** Whether a checkpoint has a name of those that models may or may not have: here experts are stored one by one. */
  has(_name: string): boolean {
    return false;
  }

  async repeats(): Promise<boolean> {
    return true;
  }

  async matrix(name: string, rows: number, columns: number): Promise<Matrix> {
    return { values: await this.vector(name, [rows, columns]) };
  }

  async parts(name: string, rows: readonly number[], columns: number): Promise<Matrix[]> {
    const { values } = await this.matrix(
      name,
      rows.reduce((sum, count) => sum + count, 0),
      columns,
    );
    let end = 0;
    return rows.map((count) => {
      end += count;
      return { values: this.own(unscoped(() => values.range(end - count, end))) };
    });
  }

  async stack(name: string, count: number, rows: readonly number[], columns: number): Promise<Matrix[][]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.parts(`${name}.${i}`, rows, columns)));
  }

  async vector(name: string, shape: readonly number[]): Promise<Tensor> {
    const values = this.values(name, shape);
    const tensor = unscoped(() => Tensor.from(this.device, shape, values));
    this.taken.set(name, tensor);
    return tensor;
  }

  private values(name: string, shape: readonly number[]): Float32Array {
    const { seed, deviation = 0.02, padIds = [] } = this.options;
    const random = new Random(seed, name);
    const values = new Float32Array(countOf(shape));
    const columns = shape[shape.length - 1]!;
    if (/(^|\.)A_log$/.test(name)) return values.map((_, i) => Math.log((i % columns) + 1));
    if (/(^|\.)D$/.test(name) || /norm\.weight$/i.test(name)) return values.fill(1);
    if (/dt_proj\.weight$/.test(name)) return uniform(values, random, columns ** -0.5);
    if (/dt_proj\.bias$/.test(name)) return values.map(() => inverseSoftplus(initialStep(random)));
    if (/conv1d\.weight$/.test(name)) return uniform(values, random, columns ** -0.5);
    if (/conv1d\.bias$/.test(name)) return uniform(values, random, this.convolutionWidth(name) ** -0.5);
    if (/bias$/.test(name)) return values;
    const drawn = values.map(() => random.normal() * deviation);
    if (/embed_tokens\.weight$|word_embeddings\.weight$/.test(name)) {
      for (const id of padIds) drawn.fill(0, id * columns, (id + 1) * columns);
    }
    return drawn;
  }

  /** The bias of a convolution follows its weight (Di, 1, K), and has no K of its own. */
  private convolutionWidth(bias: string): number {
    return this.taken.get(bias.replace(/bias$/, 'weight'))!.shape[2]!;
  }
}

const uniform = (values: Float32Array, random: Random, bound: number) =>
  values.map(() => (2 * random.uniform() - 1) * bound);

/** Δ: log-uniform from 0.001 to 0.1, at least 0.0001. */
const initialStep = (random: Random) =>
  Math.max(Math.exp(random.uniform() * (Math.log(0.1) - Math.log(0.001)) + Math.log(0.001)), 1e-4);

/** The x with softplus(x) = y. */
const inverseSoftplus = (y: number) => y + Math.log(-Math.expm1(-y));
