/**
 * Matrices in bf16 with their f32 masters: products run on what is rounded, the optimizer on what is not (mixed precision,
 * Micikevicius et al. 2018; bf16 needs no scaling of the loss). Vectors and routers stay f32: a choice of experts must not
 * hang on a rounding.
 */
import type { Matrix, MatrixRole, Parameters, WeightSource } from '../nn/index.js';
import { cast, copy, scope, type Tensor, unscoped } from '../tensor/index.js';

/** Weights that a model takes over from whoever made it. */
export type OwnedWeights = WeightSource & { readonly parameters: Parameters; dispose(): void };

export class Bf16Weights implements OwnedWeights, Disposable {
  private readonly rounded = new Map<string, Tensor>();
  private readonly views: Tensor[] = [];

  /** @param masters gives f32 tensors, and belongs to this from here on */
  constructor(private readonly masters: OwnedWeights) {}

  get device() {
    return this.masters.device;
  }

  get projections() {
    return this.masters.projections;
  }

  /** The masters. */
  get parameters(): Parameters {
    return this.masters.parameters;
  }

  /** What the model computes with in place of its master, by the same name. */
  get working(): Parameters {
    return this.rounded;
  }

  /** Rounds the masters anew, after they were changed by other than an optimizer that knows `working`. */
  refresh(): void {
    for (const [name, tensor] of this.rounded) scope(() => copy(tensor, cast(this.parameters.get(name)!, 'bf16')));
  }

  has(name: string): boolean {
    return this.masters.has(name);
  }

  repeats(name: string, other: string): Promise<boolean> {
    return this.masters.repeats(name, other);
  }

  async matrix(name: string, rows: number, columns: number, role: MatrixRole): Promise<Matrix> {
    const master = await this.masters.matrix(name, rows, columns, role);
    return this.isRounded(name, role) ? this.rows(name, [rows], columns)[0]! : master;
  }

  async parts(name: string, rows: readonly number[], columns: number, role: MatrixRole): Promise<Matrix[]> {
    const masters = await this.masters.parts(name, rows, columns, role);
    return this.isRounded(name, role) ? this.rows(name, rows, columns) : masters;
  }

  async stack(
    name: string,
    count: number,
    rows: readonly number[],
    columns: number,
    role: MatrixRole,
  ): Promise<Matrix[][]> {
    const masters = await this.masters.stack(name, count, rows, columns, role);
    if (!this.isRounded(name, role)) return masters;
    const all = this.rows(name, Array.from({ length: count }, () => rows).flat(), columns);
    return Array.from({ length: count }, (_, i) => all.slice(i * rows.length, (i + 1) * rows.length));
  }

  vector(name: string, shape: readonly number[]): Promise<Tensor> {
    return this.masters.vector(name, shape);
  }

  own<T extends Tensor>(tensor: T): T {
    return this.masters.own(tensor);
  }

  dispose(): void {
    for (const tensor of [...this.views, ...this.rounded.values()]) tensor.dispose();
    this.views.length = 0;
    this.rounded.clear();
    this.masters.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private isRounded(name: string, role: MatrixRole): boolean {
    return role !== 'router' && this.parameters.get(name)?.dtype === 'f32';
  }

  /** A parameter's rows, rounded, as matrices of the given heights. */
  private rows(name: string, heights: readonly number[], columns: number): Matrix[] {
    const rounded = unscoped(() => cast(this.parameters.get(name)!, 'bf16'));
    this.rounded.set(name, rounded);
    const flat = this.view(() => rounded.reshape([-1, columns]));
    let end = 0;
    return heights.map((height) => {
      end += height;
      return { values: this.view(() => flat.range(end - height, end)), activations: 'bf16' };
    });
  }

  private view(make: () => Tensor): Tensor {
    const tensor = unscoped(make);
    this.views.push(tensor);
    return tensor;
  }
}
