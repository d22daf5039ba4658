/** Linear layers: y = x · Wᵀ + b with W (outputs, inputs) as it lies on disk. */
import { matmul, type Tensor, unscoped } from '../tensor/index.js';
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

/** Int8 rows with one f32 scale each and float activations: the scale is applied after the sum (papers.md 2.2). */
export class QuantizedLinear implements Projection {
  constructor(
    readonly weight: { readonly values: Tensor; readonly scale: Tensor },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Tensor): Tensor {
    return matmul(x, this.weight.values, { bScale: this.weight.scale, bias: this.bias });
  }

  outputs(start: number, end: number, owner: WeightSource): QuantizedLinear {
    const part = (tensor: Tensor) => owner.own(unscoped(() => tensor.range(start, end)));
    return new QuantizedLinear(
      { values: part(this.weight.values), scale: part(this.weight.scale) },
      this.bias && part(this.bias),
    );
  }
}

export function projection({ values, scale }: Matrix, bias?: Tensor): Projection {
  return scale === undefined ? new Linear({ values }, bias) : new QuantizedLinear({ values, scale }, bias);
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
