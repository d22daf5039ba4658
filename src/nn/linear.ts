/** Linear layers: y = x · Wᵀ + b with W (outputs, inputs) as it lies on disk. */
import { matmul, matmulInt8, type Tensor, unscoped } from '../tensor/index.js';
import { bf16Activations, int8Activations } from './activations.js';
import type { Matrix, MatrixRole, WeightSource } from './weights.js';

/** A linear map, quantized or not. */
export interface Projection {
  readonly weight: Matrix;
  /** x (T, inputs) to (T, outputs). */
  forward(x: Tensor): Tensor;
  /** The map onto outputs [start, end) alone; shares memory. */
  outputs(start: number, end: number, owner: WeightSource): Projection;
}

/** Weights in a float dtype; those in bf16 may ask for activations in bf16. */
export class Linear implements Projection {
  constructor(
    readonly weight: Matrix & { readonly scale?: undefined },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Tensor): Tensor {
    return matmul(activationsFor(this.weight, x), this.weight.values, { bias: this.bias });
  }

  outputs(start: number, end: number, owner: WeightSource): Linear {
    const part = (tensor: Tensor) => owner.own(unscoped(() => tensor.range(start, end)));
    const { values, activations } = this.weight;
    return new Linear({ values: part(values), activations }, this.bias && part(this.bias));
  }
}

/**
 * Int8 rows with one f32 scale each. Activations are floats (the scale is applied after the sum, papers.md 2.2), or int8 rows
 * themselves, quantized on the fly; where a gradient is asked for they are floats in either case.
 */
export class QuantizedLinear implements Projection {
  constructor(
    readonly weight: Matrix & { readonly scale: Tensor },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Tensor): Tensor {
    return quantizedProduct(x, this.weight, this.bias);
  }

  outputs(start: number, end: number, owner: WeightSource): QuantizedLinear {
    const part = (tensor: Tensor) => owner.own(unscoped(() => tensor.range(start, end)));
    const { values, scale, activations } = this.weight;
    return new QuantizedLinear({ values: part(values), scale: part(scale), activations }, this.bias && part(this.bias));
  }
}

/** x as a matrix of a float dtype takes it. */
export const activationsFor = ({ activations }: Matrix, x: Tensor): Tensor =>
  activations === 'bf16' ? bf16Activations(x) : x;

/** x (T, inputs) times int8 rows, in the class of activations that the matrix asks for. */
export function quantizedProduct(
  x: Tensor,
  { values, scale, activations }: QuantizedLinear['weight'],
  bias?: Tensor,
): Tensor {
  if (activations === 'int8' && !x.requiresGrad) return matmulInt8(int8Activations(x), { values, scale }, bias);
  return matmul(x, values, { bScale: scale, bias });
}

export function projection({ values, scale, activations }: Matrix, bias?: Tensor): Projection {
  return scale === undefined
    ? new Linear({ values, activations }, bias)
    : new QuantizedLinear({ values, scale, activations }, bias);
}

/** `name.weight` (outputs, inputs) and, if `bias`, `name.bias` (outputs). */
export async function loadLinear(
  weights: WeightSource,
  name: string,
  {
    outputs,
    inputs,
    bias = false,
    role = 'projection',
  }: { outputs: number; inputs: number; bias?: boolean; role?: MatrixRole },
): Promise<Projection> {
  const matrix = await weights.matrix(`${name}.weight`, outputs, inputs, role);
  return projection(matrix, bias ? await weights.vector(`${name}.bias`, [outputs]) : undefined);
}
