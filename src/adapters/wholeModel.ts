/** Full fine-tuning, to compare adapters with: all parameters of the model are trained, and the result is a model of its own. */
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { type Parameters, Segments } from '../nn/index.js';
import type { Adapter, TextRows } from './adapter.js';

export class WholeModel implements Adapter {
  readonly method = 'full';
  readonly sizes = {};
  readonly prefixLength = 0;
  readonly parameters: Parameters;

  constructor(model: Model) {
    this.parameters = model.parameters;
  }

  forward(model: Model, { ids, lengths }: TextRows, rows: readonly number[], options: ForwardOptions): ForwardOutput {
    return model.forward({ ids, segments: new Segments(model.device, lengths) }, { ...options, logits: rows });
  }

  /** The parameters are the model's. */
  [Symbol.dispose](): void {}
}
