/**
 * Soft prompts (Lester et al. 2021, arXiv 2104.08691): vectors in the place of a prompt's embeddings, the same before every
 * text. The model reads them once; every answer begins with a clone of what they left.
 */
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { Segments, type State, type StatePool } from '../nn/index.js';
import { concat, gatherRows, scope, Tensor, unscoped } from '../tensor/index.js';
import type { Adapter, TextRows } from './adapter.js';

const name = 'prompt_embeddings';

export class SoftPrompt implements Adapter {
  readonly method = 'soft-prompt';
  readonly parameters: ReadonlyMap<string, Tensor>;

  /** @param embeddings (L, D) f32, which it owns from here on */
  constructor(private readonly embeddings: Tensor) {
    this.parameters = new Map([[name, embeddings]]);
  }

  /** The embeddings of `ids` to begin with. */
  static of(model: Model, ids: readonly number[]): SoftPrompt {
    return new SoftPrompt(unscoped(() => scope(() => model.embed(ids))));
  }

  /** Zeros, to be read over. */
  static empty({ device, description: { hiddenSize: D } }: Model, length: number): SoftPrompt {
    return new SoftPrompt(unscoped(() => Tensor.from(device, [length, D], new Float32Array(length * D))));
  }

  get prefixLength(): number {
    return this.embeddings.shape[0]!;
  }

  get sizes() {
    return { length: this.prefixLength };
  }

  forward(model: Model, { ids, lengths }: TextRows, rows: readonly number[], options: ForwardOptions): ForwardOutput {
    return forwardWithPrompts(
      model,
      this.embeddings,
      lengths.map(() => 0),
      { ids, lengths },
      rows,
      options,
    );
  }

  async prefix(model: Model, pool: StatePool): Promise<State> {
    return readPrompt(model, pool, this.embeddings);
  }

  [Symbol.dispose](): void {
    this.embeddings.dispose();
  }
}

/** The state of a sequence that has read the vectors (L, D) and nothing else. */
export function readPrompt(model: Model, pool: StatePool, embeddings: Tensor): State {
  const state = pool.create();
  try {
    scope(() => {
      const segments = new Segments(model.device, [embeddings.shape[0]!], [state]);
      model.forward({ embeddings, segments }, { logits: 'none' });
    });
    return state;
  } catch (error) {
    state.dispose();
    throw error;
  }
}

/** Each text after its prompt: of P prompts of L vectors (P · L, D) the one whose number `which` has for the text. */
export function forwardWithPrompts(
  model: Model,
  prompts: Tensor,
  which: readonly number[],
  { ids, lengths }: TextRows,
  rows: readonly number[],
  options: ForwardOptions,
): ForwardOutput {
  const count = Math.max(...which) + 1;
  const vectors = prompts.shape[0]!;
  const length = vectors / count;
  const order: number[] = [];
  const moved: number[] = [];
  let row = 0;
  for (const [s, size] of lengths.entries()) {
    for (let i = 0; i < length; i++) order.push(which[s]! * length + i);
    for (let t = 0; t < size; t++, row++) {
      moved.push(order.length);
      order.push(vectors + row);
    }
  }
  const table = concat([prompts, model.embed(ids)], 0);
  const embeddings = gatherRows(table, Tensor.from(model.device, [order.length], Int32Array.from(order)));
  const segments = new Segments(
    model.device,
    lengths.map((size) => size + length),
  );
  return model.forward({ embeddings, segments }, { ...options, logits: rows.map((at) => moved[at]!) });
}
