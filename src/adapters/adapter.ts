/** What every adapter is: parameters of its own beside a frozen model, a pass to train them by, and a way to serve them. */
import type { JsonObject } from '../formats/index.js';
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import type { Parameters, ProjectionAdapter, State, StatePool } from '../nn/index.js';

export const adapterMethods = ['soft-prompt', 'lora', 'initial-state', 'input-dependent-prompt'] as const;
export type AdapterMethod = (typeof adapterMethods)[number];

/** What `tune` can do: adapters, and for comparison the whole model. */
export const tuneMethods = [...adapterMethods, 'full'] as const;
export type TuneMethod = (typeof tuneMethods)[number];

/** Texts of a batch, one after another. */
export interface TextRows {
  readonly ids: Int32Array;
  readonly lengths: readonly number[];
  /** What each row's prompt says, for adapters that read it themselves. */
  readonly prompts?: readonly string[] | undefined;
}

export interface Adapter extends Disposable {
  readonly method: TuneMethod;
  /** What it is made of: what a recipe says of it, with every default filled in. */
  readonly sizes: JsonObject;
  /** Its own, f32, by their names on disk. The base's are never among them. */
  readonly parameters: Parameters;
  /** Positions that it takes before a text. */
  readonly prefixLength: number;
  /** What it adds to projections. */
  readonly projections?: ProjectionAdapter | undefined;
  /**
   * A pass over whole texts with logits of the rows that `rows` numbers within `ids`, in the caller's scope and under their
   * tape, so that gradients reach the parameters.
   */
  forward(model: Model, texts: TextRows, rows: readonly number[], options: ForwardOptions): ForwardOutput;
  /** Whether what comes before a text hangs on its prompt. */
  readonly readsPrompt?: boolean;
  /** A new sequence that has read what comes before every text, or before one with this prompt; absent if nothing does. */
  prefix?(model: Model, pool: StatePool, prompt?: string): Promise<State>;
}
