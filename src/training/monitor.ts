/** What is looked at while the first batch of a step runs: the load of each expert, and the largest activation. */
import type { ForwardOptions, Model } from '../models/index.js';
import { groupByExpert, magnitudes, softmax, type Tensor, topK, unscoped, untaped } from '../tensor/index.js';

export interface Observation {
  /** Of each MoE layer, by its number, the share of choices that each expert got. */
  readonly expertLoad: Readonly<Record<string, readonly number[]>>;
  /** The largest |activation| of each layer's mixer and feed-forward, before the residual. */
  readonly largestActivation: readonly { readonly mixer: number; readonly feedForward: number }[];
}

export class Monitor implements Disposable {
  private readonly largest: { part: 'mixer' | 'feedForward'; layer: number; blocks: Tensor }[] = [];
  private readonly offsets: { layer: number; tensor: Tensor }[] = [];
  private open = true;

  constructor(private readonly model: Model) {}

  readonly observe: NonNullable<ForwardOptions['observe']> = (part, layer, activation) => {
    if (!this.open) return;
    const blocks = untaped(() => unscoped(() => magnitudes(activation)));
    blocks.squares.dispose();
    this.largest.push({ part, layer, blocks: blocks.largest });
  };

  /** The router logits of each MoE layer, in order. */
  routed(routerLogits: readonly Tensor[]): void {
    if (!this.open) return;
    const layers = this.model.description.layers.flatMap((layer, i) => (layer.experts > 1 ? [{ ...layer, i }] : []));
    routerLogits.forEach((logits, at) => {
      const { i, experts, expertsPerToken } = layers[at]!;
      const choices = untaped(() => topK(softmax(logits), expertsPerToken).indices);
      const { offsets } = untaped(() => groupByExpert(choices, experts));
      this.offsets.push({ layer: i, tensor: unscoped(() => offsets.reshape(offsets.shape)) });
    });
  }

  /** Ends a pass: layers that run again for their gradients are not looked at twice. */
  close(): void {
    this.open = false;
  }

  /** All that was seen. */
  async take(): Promise<Observation> {
    const expertLoad: Record<string, number[]> = {};
    for (const { layer, tensor } of this.offsets) {
      const offsets = await tensor.read();
      const total = Math.max(offsets[offsets.length - 1]!, 1);
      expertLoad[layer] = Array.from({ length: offsets.length - 1 }, (_, e) => (offsets[e + 1]! - offsets[e]!) / total);
    }
    const largestActivation = this.model.description.layers.map(() => ({ mixer: 0, feedForward: 0 }));
    for (const { part, layer, blocks } of this.largest) {
      for (const value of await blocks.read()) {
        largestActivation[layer]![part] = Math.max(largestActivation[layer]![part], value);
      }
    }
    return { expertLoad, largestActivation };
  }

  dispose(): void {
    for (const { blocks } of this.largest) blocks.dispose();
    for (const { tensor } of this.offsets) tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
