/** Adapters with invented numbers, for every projection of a model or some of them. */

import type { Model } from '../../src/models/index.js';
import type { LowRank, ProjectionAdapter } from '../../src/nn/index.js';
import { Tensor, unscoped } from '../../src/tensor/index.js';
import { Random } from '../../src/training/index.js';

export interface InventedAdapter extends ProjectionAdapter, Disposable {
  readonly deltas: ReadonlyMap<string, LowRank>;
}

/** Normal numbers of deviation `size`; B is zero with `size` 0. */
export function inventedAdapter(
  model: Model,
  seed: number,
  {
    rank = 2,
    scale = 0.5,
    size = 0.3,
    targets = /./,
  }: { rank?: number; scale?: number; size?: number; targets?: RegExp } = {},
): InventedAdapter {
  const random = new Random(seed, 'adapter');
  const made = (shape: readonly [number, number], deviation: number) =>
    unscoped(() =>
      Tensor.from(
        model.device,
        shape,
        Float32Array.from({ length: shape[0] * shape[1] }, () => deviation * random.normal()),
      ),
    );
  const deltas = new Map<string, LowRank>();
  for (const [name, [outputs, inputs]] of model.projections) {
    if (!targets.test(name)) continue;
    deltas.set(name, { a: made([rank, inputs], 0.3), b: made([outputs, rank], size), scale });
  }
  return {
    deltas,
    lowRank: (name) => deltas.get(name),
    [Symbol.dispose]: () => {
      for (const { a, b } of deltas.values()) for (const tensor of [a, b]) tensor.dispose();
    },
  };
}
