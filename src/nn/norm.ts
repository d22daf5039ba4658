/** Normalisation over the last axis, with its learned weights. */
import { layerNorm, rmsNorm, type Tensor } from '../tensor/index.js';
import type { WeightSource } from './weights.js';

/** x · rsqrt(mean(x²) + eps) · weight. */
export class RmsNorm {
  constructor(
    readonly weight: Tensor,
    readonly eps: number,
  ) {}

  static async load(weights: WeightSource, name: string, size: number, eps: number): Promise<RmsNorm> {
    return new RmsNorm(await weights.vector(`${name}.weight`, [size]), eps);
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, this.eps);
  }
}

/** (x − mean) / sqrt(variance + eps) · weight + bias. */
export class LayerNorm {
  constructor(
    readonly weight: Tensor,
    readonly bias: Tensor,
    readonly eps: number,
  ) {}

  static async load(weights: WeightSource, name: string, size: number, eps: number): Promise<LayerNorm> {
    return new LayerNorm(
      await weights.vector(`${name}.weight`, [size]),
      await weights.vector(`${name}.bias`, [size]),
      eps,
    );
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.eps);
  }
}
