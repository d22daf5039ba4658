/** Rotary positions: heads of queries and keys are turned by their positions, so that their products know the distance. */
import { rotary, Tensor, unscoped } from '../tensor/index.js';
import type { Segments } from './segments.js';
import type { WeightSource } from './weights.js';

/** What a configuration says of rotation: the frequency of each pair of elements, (Dh/2), and a factor on what is turned. */
export interface RotaryShape {
  readonly frequencies: Float32Array;
  readonly factor: number;
}

export class Rotary {
  private constructor(
    private readonly frequencies: Tensor,
    private readonly factor: number,
  ) {}

  /** The frequencies are no parameters: they only live and end with them. */
  static make(weights: WeightSource, { frequencies, factor }: RotaryShape): Rotary {
    const tensor = unscoped(() => Tensor.from(weights.device, [frequencies.length], frequencies));
    return new Rotary(weights.own(tensor), factor);
  }

  /** x (T, H, Dh) turned by the positions of its rows in their sequences. */
  forward(x: Tensor, { offsets, starts }: Segments): Tensor {
    return rotary(x, this.frequencies, { offsets, starts, factor: this.factor });
  }
}
