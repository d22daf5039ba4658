/** Linear layers: y = x · Wᵀ + b with W (outputs, inputs) as it lies on disk. */
import { matmul, matmulInt8, silu, type Tensor, unpackPanels, unscoped } from '../tensor/index.js';
import { activationsOf, gatedInt8Activations, type Rows, valuesOf } from './activations.js';
import { type AdaptedSegments, addDeltas, deltasAt, type ProjectionSite } from './adapted.js';
import type { Matrix, MatrixRole, WeightSource } from './weights.js';

/** A linear map, quantized or not. */
export interface Projection {
  readonly weight: Matrix;
  /** x (T, inputs) to (T, outputs), with what the adapters of the segments add. */
  forward(x: Rows, segments?: AdaptedSegments): Tensor;
  /** As `forward` of x · silu(gate), which need not be written down in between. */
  forwardGated(x: Tensor, gate: Tensor, segments?: AdaptedSegments): Tensor;
}

/** Weights in a float dtype; those in bf16 may ask for activations in bf16. */
export class Linear implements Projection {
  constructor(
    readonly weight: Matrix & { readonly scale?: undefined },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Rows): Tensor {
    return matmul(activationsFor(this.weight, x), this.weight.values, { bias: this.bias });
  }

  forwardGated(x: Tensor, gate: Tensor): Tensor {
    return this.forward(gated(x, gate));
  }
}

/**
 * Int8 rows with one f32 scale each. Activations are floats (the scale is applied after the sum, arXiv 2408.12570), or int8
 * themselves, quantized on the fly; where a gradient is asked for they are floats in either case.
 */
export class QuantizedLinear implements Projection {
  constructor(
    readonly weight: Matrix & { readonly scale: Tensor },
    readonly bias?: Tensor | undefined,
  ) {}

  forward(x: Rows): Tensor {
    return quantizedProduct(x, this.weight, this.bias);
  }

  forwardGated(x: Tensor, gate: Tensor): Tensor {
    const { weight, bias } = this;
    if (!takesInt8(weight, x, gate)) return this.forward(gated(x, gate));
    return matmulInt8(gatedInt8Activations(x, gate, weight), weight, bias);
  }
}

/** A projection of a loaded model, to which adapters may add by its name. */
class AdaptableProjection implements Projection {
  constructor(
    private readonly base: Projection,
    private readonly site: ProjectionSite,
  ) {}

  get weight(): Matrix {
    return this.base.weight;
  }

  forward(x: Rows, segments?: AdaptedSegments): Tensor {
    return addDeltas(this.base.forward(x), valuesOf(x), deltasAt(segments, this.site), this.site);
  }

  forwardGated(x: Tensor, gate: Tensor, segments?: AdaptedSegments): Tensor {
    const deltas = deltasAt(segments, this.site);
    if (deltas.length === 0) return this.base.forwardGated(x, gate);
    const rows = gated(x, gate);
    // Int8 products round x and gate on their own way; what is added takes them as they are.
    const y = takesInt8(this.weight, x, gate) ? this.base.forwardGated(x, gate) : this.base.forward(rows);
    return addDeltas(y, rows, deltas, this.site);
  }
}

/** x as a matrix of a float dtype takes it. */
export const activationsFor = ({ activations }: Matrix, x: Rows): Tensor =>
  activations === 'bf16' ? activationsOf(x).bf16() : valuesOf(x);

/** x · silu(gate). */
export const gated = (x: Tensor, gate: Tensor): Tensor => silu(gate, x);

/** Whether these are to meet the matrix as int8: where a gradient is asked for they are floats. */
export const takesInt8 = ({ activations }: Matrix, ...inputs: readonly Tensor[]): boolean =>
  activations === 'int8' && !inputs.some((input) => input.requiresGrad);

/** x (T, inputs) times int8 rows, in the class of activations that the matrix asks for. */
export function quantizedProduct(rows: Rows, weight: QuantizedLinear['weight'], bias?: Tensor): Tensor {
  const x = valuesOf(rows);
  if (takesInt8(weight, x)) return matmulInt8(activationsOf(rows).int8(weight), weight, bias);
  return matmul(x, int8Rows(weight, x.shape[1]!), { bScale: weight.scale, bias });
}

/** The int8 rows (outputs, inputs) of a matrix, which may lie in panels. */
export const int8Rows = ({ values, scale, activations }: QuantizedLinear['weight'], inputs: number): Tensor =>
  activations === 'int8' ? unpackPanels(values, scale.size, inputs) : values;

export function projection(weight: Matrix, bias?: Tensor): Projection {
  const { scale } = weight;
  return scale === undefined
    ? new Linear({ ...weight, scale: undefined }, bias)
    : new QuantizedLinear({ ...weight, scale }, bias);
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
  const plain = projection(matrix, bias ? await weights.vector(`${name}.bias`, [outputs]) : undefined);
  // Heads get chosen rows, which are of no segment.
  if (role === 'head') return plain;
  weights.projections.set(name, [outputs, inputs]);
  return new AdaptableProjection(plain, { name });
}

/** As `loadLinear`, for a layer whose outputs are used apart: one projection for each count of `outputs`. */
export async function loadSplitLinear(
  weights: WeightSource,
  name: string,
  { outputs, inputs, bias = false }: { outputs: readonly number[]; inputs: number; bias?: boolean },
): Promise<Projection[]> {
  const matrices = await weights.parts(`${name}.weight`, outputs, inputs, 'projection');
  const total = outputs.reduce((sum, count) => sum + count, 0);
  weights.projections.set(name, [total, inputs]);
  const whole = bias ? await weights.vector(`${name}.bias`, [total]) : undefined;
  let end = 0;
  return matrices.map((matrix, i) => {
    const rows = [end, end + outputs[i]!] as const;
    end = rows[1];
    const plain = projection(matrix, whole && weights.own(unscoped(() => whole.range(...rows))));
    return new AdaptableProjection(plain, { name, rows });
  });
}
