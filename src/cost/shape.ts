/**
 * What the arithmetic knows of a model: the sizes of its layers. Every formula of this room takes a {@link ModelShape};
 * `readModelShape` makes one from a `config.json`. Shapes are plain data: they survive JSON and `postMessage`.
 */

/** Attention with H query heads that share Hkv key/value heads (Ainslie et al., arXiv 2305.13245). */
export interface AttentionShape {
  readonly kind: 'attention';
  /** H */
  readonly heads: number;
  /** Hkv, a divisor of H */
  readonly kvHeads: number;
  /** Dh */
  readonly headSize: number;
  /** Which of the four projections have a bias. */
  readonly bias: 'none' | 'queryKeyValue' | 'all';
  /** Whether each query and key head goes through a norm of its own weights (Dh each). */
  readonly headNorms: boolean;
  /** Entries of a table of relative positions for each head; 0 if the layer has none. */
  readonly relativePositions: number;
}

/** The Mamba mixer (Gu and Dao, arXiv 2312.00752), with Jamba's three norms on dt, B and C if `innerNorms` (arXiv 2403.19887). */
export interface MambaShape {
  readonly kind: 'mamba';
  /** Di */
  readonly inner: number;
  /** N */
  readonly stateSize: number;
  /** K */
  readonly convWidth: number;
  /** R */
  readonly dtRank: number;
  readonly convBias: boolean;
  readonly projectionBias: boolean;
  readonly innerNorms: boolean;
}

/** A feed-forward network, dense or one of E experts of which each token uses k. */
export interface FeedForwardShape {
  /** F */
  readonly inner: number;
  /** gate, up and down (SwiGLU, Shazeer, arXiv 2002.05202) rather than up and down. */
  readonly gated: boolean;
  readonly bias: boolean;
  /** E; 1 is a dense network without a router. */
  readonly experts: number;
  /** k */
  readonly expertsPerToken: number;
}

export interface LayerShape {
  readonly mixer: AttentionShape | MambaShape;
  /** Attention of a decoder to the encoder's output. */
  readonly crossAttention?: AttentionShape;
  /** Absent in a plain Mamba stack. */
  readonly feedForward?: FeedForwardShape;
  /** Norms over the hidden size. */
  readonly norms: number;
}

export type ModelFamily = 'jamba' | 'transformer' | 'mamba' | 'bert' | 't5';

export interface ModelShape {
  readonly family: ModelFamily;
  /** V */
  readonly vocabularySize: number;
  /** D */
  readonly hiddenSize: number;
  /** The decoder's layers, or those of the only stack. */
  readonly layers: readonly LayerShape[];
  /** The encoder's layers, of an encoder-decoder. */
  readonly encoderLayers?: readonly LayerShape[];
  /** Whether position t sees only positions up to t; only then there is a cache, and text can be continued. */
  readonly causal: boolean;
  /** Whether the embedding is the head. */
  readonly tiedHead: boolean;
  /** Whether the head has a bias (V). */
  readonly headBias: boolean;
  /** BERT's head: a linear layer (D, D) with bias and a norm before the vocabulary. */
  readonly headTransform: boolean;
  /** Whether norms have a bias beside their weight (LayerNorm) or not (RMSNorm). */
  readonly normBias: boolean;
  /** Norms over the hidden size outside the layers. */
  readonly outerNorms: number;
  /** Learned positions, which are also the longest input; 0 if there are none. */
  readonly positions: number;
  /** Rows of BERT's table of token types; 0 if there is none. */
  readonly tokenTypes: number;
}

/** All layers, the encoder's first. */
export const allLayers = ({ encoderLayers = [], layers }: ModelShape): readonly LayerShape[] => [
  ...encoderLayers,
  ...layers,
];

/** What a part of the parameters is for; tables and elasticities are by part. */
export type Part = 'embedding' | 'attention' | 'mamba' | 'router' | 'experts' | 'denseMlp' | 'norms' | 'head';
export const parts: readonly Part[] = [
  'embedding',
  'attention',
  'mamba',
  'router',
  'experts',
  'denseMlp',
  'norms',
  'head',
];
