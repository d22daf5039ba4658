/** Finds where in a forward pass numbers stop being finite. */
import type { ForwardOptions, Model } from '../models/index.js';
import { Segments } from '../nn/index.js';
import { magnitudes, scope, type Tensor, unscoped } from '../tensor/index.js';
import type { Batch } from './data/batch.js';
import type { Objective } from './objective.js';

const isFiniteThroughout = async (squares: Tensor) => [...(await squares.read())].every(Number.isFinite);

/** The first part of the model whose output is not finite on `batch`; undefined if all of them are. */
export async function findOrigin(
  objective: Objective,
  model: Model,
  batch: Batch,
  options: ForwardOptions,
): Promise<string | undefined> {
  const parts: { name: string; squares: Tensor }[] = [];
  const note = (name: string, activation: Tensor) => {
    const { squares, largest } = unscoped(() => magnitudes(activation));
    largest.dispose();
    parts.push({ name, squares });
  };
  using segments = new Segments(model.device, batch.lengths);
  scope(() => {
    const observe: ForwardOptions['observe'] = (part, layer, activation) => {
      const { mixer, experts } = model.description.layers[layer]!;
      const kind = part === 'mixer' ? mixer : experts > 1 ? 'experts' : 'feed-forward';
      note(`layer ${layer} (${kind})`, activation);
    };
    const { output } = objective.pass(model, batch, segments, { ...options, hidden: true, observe });
    const { hidden, logits } = output;
    note('the final norm', hidden[hidden.length - 1]!);
    note('the head', logits!);
    // Noted last, as the pass gives it at its end; it comes first.
    note('the embedding', hidden[0]!);
  });
  let origin: string | undefined;
  for (const { name, squares } of [parts[parts.length - 1]!, ...parts.slice(0, -1)]) {
    if (origin === undefined && !(await isFiniteThroughout(squares))) origin = name;
    squares.dispose();
  }
  return origin;
}
