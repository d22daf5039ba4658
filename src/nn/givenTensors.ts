/** The tensors that a source of weights gave out, which live and end with it. */
import type { Tensor } from '../tensor/index.js';
import type { Parameters } from './weights.js';

export abstract class GivenTensors implements Disposable {
  protected readonly taken = new Map<string, Tensor>();
  private readonly owned: Tensor[] = [];
  readonly projections = new Map<string, readonly [outputs: number, inputs: number]>();

  /** Every parameter that was asked for, by its name on disk; int8 matrices with their scales. */
  get parameters(): Parameters {
    return this.taken;
  }

  /** Keeps a tensor that a module made (a view) for as long as the parameters live. */
  own<T extends Tensor>(tensor: T): T {
    this.owned.push(tensor);
    return tensor;
  }

  dispose(): void {
    for (const tensor of [...this.owned, ...this.taken.values()]) tensor.dispose();
    this.owned.length = 0;
    this.taken.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
