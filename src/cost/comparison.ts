/** A hybrid beside Transformers over context length: what the Jamba papers (arXiv 2403.19887, 2408.12570) claim, as series. */
import { expectContext } from './checks.js';

import { countFlops, oneToken, prompt, totalFlops } from './flops.js';
import { planServing, type ServingOptions } from './serving.js';
import type { AttentionShape, ModelShape } from './shape.js';
import { type KvDType, sequenceBytes } from './state.js';

/**
 * The same model with attention in the place of every Mamba layer: heads, widths and feed-forwards stay as they are. What a
 * hybrid saves is best seen against it, as its other sizes are equal. `attention` is for a model that has none of its own.
 */
export function transformerTwin(shape: ModelShape, attention: AttentionShape = defaultAttention(shape)): ModelShape {
  const own = shape.layers.find(({ mixer }) => mixer.kind === 'attention')?.mixer;
  const mixer = own?.kind === 'attention' ? own : attention;
  return {
    ...shape,
    family: 'transformer',
    layers: shape.layers.map((layer) => ({ ...layer, mixer: layer.mixer.kind === 'attention' ? layer.mixer : mixer })),
  };
}

/** Heads of 128 where the width allows, of the whole width otherwise, each with its own keys and values. */
function defaultAttention({ hiddenSize }: ModelShape): AttentionShape {
  const headSize = hiddenSize % 128 === 0 ? 128 : hiddenSize;
  const heads = hiddenSize / headSize;
  return { kind: 'attention', heads, kvHeads: heads, headSize, bias: 'none', headNorms: false, relativePositions: 0 };
}

export interface ComparisonPoint {
  readonly context: number;
  /** Of one sequence. */
  readonly kvCacheBytes: number;
  readonly stateBytes: number;
  /** Of reading a prompt of this length, and of the token after it. */
  readonly promptFlops: number;
  readonly tokenFlops: number;
  /** With hardware: whether one sequence fits, how many, and the bounds. */
  readonly serving?: {
    readonly fits: boolean;
    readonly maxConcurrency: number | null;
    /** At that concurrency; 0 if not even one fits. */
    readonly tokensPerSecondBound: number;
    /** Of one sequence, as if it fitted. */
    readonly tokensPerSecondAlone: number;
    readonly promptSecondsBound: number;
  };
}

export interface ComparisonSeries {
  readonly name: string;
  readonly points: readonly ComparisonPoint[];
  /** With hardware: the longest single sequence. */
  readonly maxContext?: number | null;
  readonly naiveMaxContext?: number | null;
}

export interface ComparisonOptions {
  readonly contexts: readonly number[];
  readonly kvDType?: KvDType;
  readonly serving?: Omit<ServingOptions, 'context' | 'kvDType'>;
}

/** @throws as `planServing` does, and `limit` on a context beyond learned positions */
export function compareOverContext(
  models: readonly { readonly name: string; readonly shape: ModelShape }[],
  { contexts, kvDType = 'bf16', serving }: ComparisonOptions,
): readonly ComparisonSeries[] {
  return models.map(({ name, shape }) => {
    const points = contexts.map((context): ComparisonPoint => {
      expectContext(shape, context);
      const sizes = {
        context,
        ...sequenceBytes(shape, context, { kvDType }),
        promptFlops: totalFlops(countFlops(shape, prompt(shape, context))).forward,
        tokenFlops: totalFlops(countFlops(shape, oneToken(shape, context))).forward,
      };
      if (serving === undefined) return sizes;
      const plan = planServing(shape, { ...serving, context, kvDType });
      const { fits, maxConcurrency, tokensPerSecondBound, promptSecondsBound, alone } = plan;
      const tokensPerSecondAlone = alone.tokensPerSecond;
      return {
        ...sizes,
        serving: { fits, maxConcurrency, tokensPerSecondBound, tokensPerSecondAlone, promptSecondsBound },
      };
    });
    if (serving === undefined) return { name, points };
    const { maxContext, naiveMaxContext } = planServing(shape, { ...serving, kvDType });
    return { name, points, maxContext, naiveMaxContext };
  });
}

/** The nine powers of two up to 256K, or up to the fewest learned positions. */
export function defaultContexts(shapes: readonly ModelShape[]): readonly number[] {
  const limits = shapes.map(({ positions }) => (positions > 0 ? positions : Number.POSITIVE_INFINITY));
  const all = Array.from({ length: 15 }, (_, i) => 2 ** (4 + i));
  const allowed = all.filter((context) => context <= Math.min(...limits));
  return allowed.slice(-9);
}
