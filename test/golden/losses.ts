import type { Jamba, Model } from '../../src/models/index.js';
import { loadBalancingLoss, meanCrossEntropy, nextTokenLabels } from '../../src/nn/index.js';
import { add, scale, type Tensor } from '../../src/tensor/index.js';
import { batchOf } from './support.js';

export interface Batch {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
  readonly shape: readonly [number, number];
}

/** ce, aux and ce + coefficient · aux, as the golden scripts compute them. */
export function goldenLosses(model: Model, { ids, labels, shape }: Batch, embeddings?: Tensor) {
  const segments = batchOf(model, ...shape);
  const { logits, routerLogits } = model.forward(embeddings ? { embeddings, segments } : { ids, segments });
  const ce = meanCrossEntropy(logits!, nextTokenLabels(labels, segments.lengths));
  if (routerLogits.length === 0) return { ce, aux: undefined, loss: ce };
  const aux = loadBalancingLoss(routerLogits, model.description.layers.find((l) => l.experts > 1)!.expertsPerToken);
  return { ce, aux, loss: add(ce, scale(aux, (model as Jamba).config.routerAuxLossCoefficient)) };
}
