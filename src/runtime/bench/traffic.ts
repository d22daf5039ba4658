/** What a decode step has to read: the numbers that a rate in bytes a second is made of. */
import type { Model } from '../../models/index.js';
import { Segments } from '../../nn/index.js';
import { scope, softmax, topK } from '../../tensor/index.js';

/** Stored bytes of a model's parameters by when a step reads them. */
export interface ActiveBytes {
  /** By every step, whatever its tokens. */
  readonly always: number;
  /** Of one row of the embedding, for each token; 0 where the embedding is the head and read as a whole. */
  readonly perToken: number;
  /** Of one expert, of each layer that has several, in the order of the layers. */
  readonly perExpert: readonly number[];
}

export function activeBytes({ description, parameters }: Model): ActiveBytes {
  const { layers, tiedHead, vocabularySize } = description;
  const mixtures = layers.filter(({ experts }) => experts > 1);
  const perExpert = mixtures.map(() => 0);
  let always = 0;
  let perToken = 0;
  for (const [name, tensor] of parameters) {
    const mixture = name.includes('.experts.') ? mixtures.findIndex(({ prefix }) => name.startsWith(prefix)) : -1;
    if (mixture >= 0) perExpert[mixture]! += tensor.bytes / mixtures[mixture]!.experts;
    else if (name.includes('embed_tokens') && !tiedHead) perToken += tensor.bytes / vocabularySize;
    else always += tensor.bytes;
  }
  return { always, perToken, perExpert };
}

/**
 * How many different experts each layer's tokens chose, step by step: the sequences are read again as a whole, which by the
 * rule of rows makes the same choices. Of each sequence (ids) the steps are its last `steps` tokens.
 *
 * @returns for each step, one count for each layer with several experts
 */
export async function distinctExperts(
  model: Model,
  sequences: readonly (readonly number[])[],
  steps: number,
): Promise<number[][]> {
  const mixtures = model.description.layers.filter(({ experts }) => experts > 1);
  const seen = Array.from({ length: steps }, () => mixtures.map(() => new Set<number>()));
  for (const ids of sequences) {
    const choices = scope(() => {
      const segments = new Segments(model.device, [ids.length]);
      const { routerLogits } = model.forward({ ids, segments }, { logits: 'none' });
      return routerLogits.map((logits, i) => topK(softmax(logits), mixtures[i]!.expertsPerToken).indices);
    });
    for (const [layer, chosen] of choices.entries()) {
      const k = mixtures[layer]!.expertsPerToken;
      const experts = await chosen.read();
      chosen.dispose();
      for (let step = 0; step < steps; step++) {
        const row = ids.length - steps + step;
        for (let j = 0; j < k; j++) seen[step]![layer]!.add(experts[row * k + j]!);
      }
    }
  }
  return seen.map((layers) => layers.map((experts) => experts.size));
}
