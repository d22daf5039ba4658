/** What a pass does around the layers of any model: temporaries that go with the layer, and the options of training. */
import { dropout, meanAll, mul, recomputed, scope, type Tensor, type TensorTree } from '../tensor/index.js';
import type { ForwardOptions } from './model.js';

/** Takes a mixer's or feed-forward's output on its way to the residual. */
export type Branch = (part: 'mixer' | 'feedForward', activation: Tensor) => Tensor;

export class LayerPass {
  /** Mean squares of the branches so far. */
  readonly squares: Tensor[] = [];

  constructor(private readonly options: ForwardOptions) {}

  /** Layer `layer` on x; only what the body returns stays. */
  run<T extends { readonly [key: string]: TensorTree }>(
    layer: number,
    x: Tensor,
    body: (x: Tensor, branch: Branch) => T,
  ): T {
    const { observe, dropout: dropped, squares: wantSquares = false, recompute = false } = this.options;
    const pass = (x: Tensor) => {
      const squares: Tensor[] = [];
      const result = body(x, (part, activation) => {
        observe?.(part, layer, activation);
        if (wantSquares) squares.push(meanAll(mul(activation, activation)));
        if (dropped === undefined) return activation;
        const { low, high } = dropped.seed;
        return dropout(activation, dropped.probability, { low: low + 2 * layer + (part === 'mixer' ? 0 : 1), high });
      });
      return { result, squares };
    };
    const { result, squares } = recompute ? recomputed([x], ([x]) => pass(x!)) : scope(() => pass(x));
    this.squares.push(...squares);
    return result;
  }
}
