/** What a pass does around the layers of any model: temporaries that go with the layer, and the options of training. */

import { JambalayaError } from '../errors/index.js';
import { dropout, meanAll, mul, recomputed, scope, type Tensor, type TensorTree } from '../tensor/index.js';
import type { ForwardOptions, ModelInput } from './model.js';

/** Takes a mixer's or feed-forward's output on its way to the residual. */
export type Branch = (part: 'mixer' | 'feedForward', activation: Tensor) => Tensor;

/**
 * The layers that a pass runs, of `count`.
 *
 * @throws `usage` for others than there are, ids on their way into a later layer, or states given twice
 */
export function layersOfPass(
  count: number,
  { segments, embeddings }: ModelInput,
  { layers = [0, count], initialStates }: Pick<ForwardOptions, 'layers' | 'initialStates'>,
): readonly [from: number, to: number] {
  const [from, to] = layers;
  const refuse = (argument: string, expected: string, found: string) => {
    throw new JambalayaError('usage', { argument, expected, found });
  };
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    refuse('layers', `two numbers from 0 to ${count}, the first not above the second`, `[${from}, ${to}]`);
  }
  if (from > 0 && embeddings === undefined) refuse('embeddings', `hidden states before layer ${from}`, 'none');
  if (initialStates !== undefined && segments.states !== undefined) {
    refuse('initialStates', 'segments without states', 'segments that bring states');
  }
  if ((initialStates?.length ?? 0) > count) {
    refuse('initialStates', `at most one for each of ${count} layers`, String(initialStates!.length));
  }
  return [from, to];
}

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
