/** Copies of a model's parameters beside it: their exponential average, or how they were at some step. */
import type { Parameters } from '../nn/index.js';
import { accumulate, copy, scale, scope, sub, Tensor, unscoped } from '../tensor/index.js';

/** A copy of every parameter; what the model computes with can be changed for it, and back. */
export class WeightCopy implements Disposable {
  readonly tensors: Parameters;

  constructor(private readonly parameters: Parameters) {
    this.tensors = new Map(
      [...parameters].map(([name, { device, shape }]) => [name, unscoped(() => Tensor.empty(device, shape))]),
    );
    this.take();
  }

  /** Becomes what the parameters are. */
  take(): void {
    for (const [name, tensor] of this.tensors) copy(tensor, this.parameters.get(name)!);
  }

  /** Makes the parameters what this is. */
  restore(): void {
    for (const [name, tensor] of this.tensors) copy(this.parameters.get(name)!, tensor);
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** average = decay · average + (1 − decay) · parameter, after every step. */
export class WeightAverage extends WeightCopy {
  constructor(
    private readonly source: Parameters,
    private readonly decay: number,
  ) {
    super(source);
  }

  /** With `step` counted from 1: early averages forget faster, min(decay, (1 + step) / (10 + step)), than they will. */
  update(step: number): void {
    const kept = Math.min(this.decay, (1 + step) / (10 + step));
    for (const [name, average] of this.tensors) {
      scope(() => accumulate(average, scale(sub(this.source.get(name)!, average), 1 - kept)));
    }
  }
}
