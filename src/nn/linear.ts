/** Linear layers: y = x · Wᵀ + b with W (outputs, inputs) as it lies on disk. */
import { matmul, matmulInt8, type Tensor, unscoped } from '../tensor/index.js';
import { int8Activations } from './activations.js';
import type { Matrix, MatrixRole, WeightSource } from './weights.js';

/** A linear map, quantized or not. */
export interface Projection {
  readonly weight: Matrix;
  /** x (T, inputs) to (T, outputs). */
  forward(x: Tensor): Tensor;
  /** The map onto outputs [start, end) alone; shares memory. */
  outputs(start: number, end: number, owner: WeightSource): Projection;
}

/** Weights in a float dtype. */
export class Linear implements Projection {
  constructor(
    readonly weight: { readonly values: Tensor; readonly scale?: undefined },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Tensor): Tensor {
    return matmul(x, this.weight.values, { bias: this.bias });
  }

  outputs(start: number, end: number, owner: WeightSource): Linear {
    const part = (tensor: Tensor) => owner.own(unscoped(() => tensor.range(start, end)));
    return new Linear({ values: part(this.weight.values) }, this.bias && part(this.bias));
  }
}

/**
 * Int8 rows with one f32 scale each. Activations are floats (the scale is applied after the sum, papers.md 2.2), or int8 rows
 * themselves, quantized on the fly; where a gradient is asked for they are floats in either case.
 */
export class QuantizedLinear implements Projection {
  constructor(
    readonly weight: {
      readonly values: Tensor;
      readonly scale: Tensor;
      readonly int8Activations?: boolean | undefined;
    },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Tensor): Tensor {
    return quantizedProduct(x, this.weight, this.bias);
  }

  outputs(start: number, end: number, owner: WeightSource): QuantizedLinear {
    const part = (tensor: Tensor) => owner.own(unscoped(() => tensor.range(start, end)));
    const { values, scale, int8Activations } = this.weight;
    return new QuantizedLinear(
      { values: part(values), scale: part(scale), int8Activations },
      this.bias && part(this.bias),
    );
  }
}

/** x (T, inputs) times int8 rows, in the class of activations that the matrix asks for. */
export function quantizedProduct(
  x: Tensor,
  { values, scale, int8Activations: int8 }: QuantizedLinear['weight'],
  bias?: Tensor,
): Tensor {
  if (int8 && !x.requiresGrad) return matmulInt8(int8Activations(x), { values, scale }, bias);
  return matmul(x, values, { bScale: scale, bias });
}

export function projection({ values, scale, int8Activations }: Matrix, bias?: Tensor): Projection {
  return scale === undefined
    ? new Linear({ values }, bias)
    : new QuantizedLinear({ values, scale, int8Activations }, bias);
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
