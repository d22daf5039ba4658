/** Where a module's parameters come from: asked for by name and shape, so that a constructor reads as a list of tensors. */
import type { Device } from '../contract/index.js';
import type { Tensor } from '../tensor/index.js';

/**
 * A weight matrix (rows, columns) as it is stored: f32, bf16, f16, or int8 with one f32 scale per row. One that is multiplied
 * with int8 activations lies in panels (`panelShape`).
 */
export interface Matrix {
  readonly values: Tensor;
  readonly scale?: Tensor | undefined;
  /** What it is multiplied with: `f32` unless told. Only bf16 matrices take bf16 rows, only int8 ones int8 rows. */
  readonly activations?: ActivationClass | undefined;
  /** For int8 activations, whose matrices lie in panels: how many of a row's elements share a scale. */
  readonly activationGroup?: number | undefined;
}

/** Rows of activations as they come, rounded to bf16, or quantized to int8 on the fly. */
export type ActivationClass = 'f32' | 'bf16' | 'int8';

/**
 * What a matrix does in the model; quantization decides by it. `expert` covers every feed-forward matrix, `mixerOutput` is a
 * Mamba mixer's projection of gated activations.
 */
export type MatrixRole = 'expert' | 'projection' | 'mixerOutput' | 'router' | 'embedding' | 'head';

/** Outputs and inputs of the projections of a model, by their names on disk without `.weight`. */
export type Projections = ReadonlyMap<string, readonly [outputs: number, inputs: number]>;

export interface WeightSource {
  readonly device: Device;
  /** Those that modules made so far and that adapters may add to; modules note them here. */
  readonly projections: Map<string, readonly [outputs: number, inputs: number]>;
  has(name: string): boolean;
  /** Whether there is no `name`, or one that holds what `other` holds. */
  repeats(name: string, other: string): Promise<boolean>;
  /** A matrix in the dtype that it has in the file, or as quantization wants it. */
  matrix(name: string, rows: number, columns: number, role: MatrixRole): Promise<Matrix>;
  /** One matrix (Σ rows, columns) as several with the given rows each. */
  parts(name: string, rows: readonly number[], columns: number, role: MatrixRole): Promise<Matrix[]>;
  /** A stack (count, Σ rows, columns) of such matrices: the parts of each. */
  stack(name: string, count: number, rows: readonly number[], columns: number, role: MatrixRole): Promise<Matrix[][]>;
  /** A small parameter, in f32, with the shape that it has on disk. */
  vector(name: string, shape: readonly number[]): Promise<Tensor>;
  /** Keeps a tensor that a module made (a view) for as long as the parameters live. */
  own<T extends Tensor>(tensor: T): T;
}

/** The parameters of a loaded model under their names on disk. */
export type Parameters = ReadonlyMap<string, Tensor>;
