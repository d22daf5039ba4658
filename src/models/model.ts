/** What every architecture offers to the rooms above. */
import type { Device } from '../contract/index.js';
import type { JsonObject } from '../formats/index.js';
import type { LayerStateLayout, MixerState, Parameters, Projections, Segments, WeightSource } from '../nn/index.js';
import type { Seed, Tensor } from '../tensor/index.js';

/** Flat rows of a ragged batch: token ids, or their embeddings in the ids' place. Exactly one of the two is given. */
export interface ModelInput {
  readonly segments: Segments;
  /** (T); a tensor of ids is taken as it is, unchecked but for what the kernel refuses. */
  readonly ids?: ArrayLike<number> | Tensor | undefined;
  /** (T, D) */
  readonly embeddings?: Tensor | undefined;
  /** (T), for architectures that tell two texts apart; zeros by default. */
  readonly tokenTypes?: ArrayLike<number> | undefined;
}

export interface ForwardOptions {
  /** Which rows get logits: all (the default), the last of each segment that has rows, none, or those of these numbers in their order. */
  readonly logits?: 'all' | 'last' | 'none' | readonly number[];
  /** Whether to return the hidden states, before each layer and after the final norm. */
  readonly hidden?: boolean;
  /**
   * Told of every mixer's and feed-forward's output, before its residual is added. The tensor lives until the layer is done:
   * what is to stay is copied, or kept with `unscoped`.
   */
  readonly observe?: ((part: 'mixer' | 'feedForward', layer: number, activation: Tensor) => void) | undefined;
  /** Keeps the inputs of the layers alone for gradients and runs each layer again when they are taken; `observe` too. */
  readonly recompute?: boolean;
  /** Dropout of every mixer's and feed-forward's output; the seed is one of this pass alone. */
  readonly dropout?: { readonly probability: number; readonly seed: Seed } | undefined;
  /** Whether to return the mean square of every mixer's and feed-forward's output. */
  readonly squares?: boolean;
  /**
   * Runs the layers from the first of these numbers to before the second alone. The input of any but layer 0 is `embeddings`:
   * the hidden states before it. The final norm and logits follow the last layer only.
   */
  readonly layers?: readonly [from: number, to: number] | undefined;
  /**
   * By layer, what Mamba's mixers begin with (zeros where there is none) in segments without states. With it, also empty,
   * the states after the segments are returned; both have gradients.
   */
  readonly initialStates?: readonly (Partial<MixerState> | undefined)[] | undefined;
}

export interface ForwardOutput {
  /** (rows, V) */
  readonly logits?: Tensor;
  /** (T, D): after the last layer that ran, and after the final norm if that is the model's last. */
  readonly output: Tensor;
  /** L + 1 tensors (T, D) if asked for. */
  readonly hidden: readonly Tensor[];
  /** (T, E) of each MoE layer, in order. */
  readonly routerLogits: readonly Tensor[];
  /** A scalar for each mixer and feed-forward in order, if asked for. */
  readonly squares: readonly Tensor[];
  /** By layer, the states after the segments, if `initialStates` asks for them. */
  readonly finalStates?: readonly (MixerState | undefined)[];
}

/** What a layer is, for people and planners. */
export interface LayerDescription {
  readonly mixer: 'mamba' | 'attention';
  /** Experts of its feed-forward; 1 is a dense one. */
  readonly experts: number;
  readonly expertsPerToken: number;
  /** Names of its parameters begin with this. */
  readonly prefix: string;
}

export interface ModelDescription {
  readonly architecture: string;
  readonly layers: readonly LayerDescription[];
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Whether position t sees only positions up to t, so that the model can continue a text. */
  readonly causal: boolean;
  readonly tiedHead: boolean;
  /** Whether it has hidden states alone, and no logits. */
  readonly headless?: boolean;
  /** Longest input, where the architecture has one (learned positions). */
  readonly maxLength?: number;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
  readonly padIds: readonly number[];
  /** Config keys that are not understood and have no effect. */
  readonly ignoredConfigKeys: readonly string[];
  /** Config keys that are understood. */
  readonly knownConfigKeys: readonly string[];
}

export interface Model extends Disposable {
  readonly device: Device;
  readonly description: ModelDescription;
  /** By their names on disk. */
  readonly parameters: Parameters;
  /** The projections that adapters may add to. */
  readonly projections: Projections;
  /** What each layer keeps of a sequence; empty for a model without states. */
  readonly stateLayouts: readonly LayerStateLayout[];
  /** Embeddings (T, D) of ids, checked where they are not a tensor: what the first layer gets of them, in the caller's scope. */
  embed(ids: ArrayLike<number> | Tensor): Tensor;
  /** Runs within the caller's scope; states of `segments` are advanced. */
  forward(input: ModelInput, options?: ForwardOptions): ForwardOutput;
  dispose(): void;
}

/** How an architecture is loaded: registered under the `model_type` of its config. */
export type LoadArchitecture = (
  config: JsonObject,
  configFile: string,
  weights: WeightSource & { readonly parameters: Parameters; dispose(): void },
) => Promise<Model>;
