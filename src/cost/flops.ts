/**
 * Floating-point operations. A multiply–add is 2, an exponential of the scan is 1. Counted are matrix products, attention,
 * the convolution and the scan. What is elementwise or along one row is not: norms, activations and gates, softmax,
 * residuals, the sum over experts, losses, the optimizer. No formula of FLOPs stands in the cost paper (arXiv 2004.08900):
 * those here follow from the layers' definitions, and are ours where no source is named.
 *
 *   products      2 · outputs · inputs per token and used copy; backward twice that (gradients of input and of weight)
 *   attention     4 · H · Dh per pair of a query and a key that it sees (scores and values); backward 8; backward kernels that
 *                 do not keep the scores make them again, 2 more (FlashAttention, arXiv 2205.14135)
 *   convolution   2 · K · Di per token; backward twice that
 *   scan          (7N + 3) · Di per token: exp(ΔA) 2, state 3, output 2 for each of N; Δu 1, Du 2. Backward (14N + 7) · Di, and
 *                 (5N + 1) · Di to make the states again that are not kept (Mamba, arXiv 2312.00752, section 3.3.2)
 */
import { attentionInventory, layerInventory, type MatrixInventory, outerInventory } from './inventory.js';
import type { AttentionShape, LayerShape, ModelShape, Part } from './shape.js';
import { tokensOfStacks } from './state.js';

export type FlopsPart =
  | 'attentionProjections'
  | 'attentionScores'
  | 'mambaProjections'
  | 'convolution'
  | 'scan'
  | 'router'
  | 'experts'
  | 'denseMlp'
  | 'head';
export const flopsParts: readonly FlopsPart[] = [
  'attentionProjections',
  'attentionScores',
  'mambaProjections',
  'convolution',
  'scan',
  'router',
  'experts',
  'denseMlp',
  'head',
];

export interface Flops {
  readonly forward: number;
  /** Gradients of all inputs and all parameters. */
  readonly backward: number;
  /** What backward kernels compute a second time; not part of `backward`. */
  readonly recompute: number;
}
export type FlopsByPart = Readonly<Record<FlopsPart, Flops>>;

/** Tokens that go through a model at once. */
export interface Work {
  /** Through the encoder, if there is one. */
  readonly encoderTokens: number;
  /** Through the decoder, or the only stack. */
  readonly tokens: number;
  /** Tokens of the same sequence that went before, and whose keys, values and states are kept. */
  readonly before: number;
  /** Tokens that get logits. */
  readonly headTokens: number;
  /** Whether the decoder's keys and values of the encoder's output are computed (once a sequence). */
  readonly crossKeys: boolean;
}

/** A whole sequence of `context` tokens with logits for each: a training step, or scoring a text. */
export function wholeSequence(shape: ModelShape, context: number): Work {
  const { encoder, decoder } = tokensOfStacks(shape, context);
  return { encoderTokens: encoder, tokens: decoder, before: 0, headTokens: decoder, crossKeys: true };
}

/** Reading a prompt of `context` tokens up to the first logits; an encoder-decoder reads with its encoder. */
export function prompt(shape: ModelShape, context: number): Work {
  const once = { before: 0, headTokens: 1, crossKeys: true };
  if (shape.encoderLayers === undefined) return { encoderTokens: 0, tokens: context, ...once };
  return { encoderTokens: tokensOfStacks(shape, context).encoder, tokens: 1, ...once };
}

/** Making the token at position `context`: it sees `context` keys, its own among them. */
export function oneToken(shape: ModelShape, context: number): Work {
  const { encoder, decoder } = tokensOfStacks(shape, context);
  return { encoderTokens: encoder, tokens: 1, before: Math.max(0, decoder - 1), headTokens: 1, crossKeys: false };
}

/** FLOPs of one piece of work, by part. Exact while below 2^53. */
export function countFlops(shape: ModelShape, work: Work): FlopsByPart {
  const sums = Object.fromEntries(
    flopsParts.map((part) => [part, { forward: 0, backward: 0, recompute: 0 }]),
  ) as Record<FlopsPart, { forward: number; backward: number; recompute: number }>;
  const add = (part: FlopsPart, forward: number, backward = 2 * forward, recompute = 0) => {
    sums[part].forward += forward;
    sums[part].backward += backward;
    sums[part].recompute += recompute;
  };
  const products = (matrices: readonly MatrixInventory[], tokens: number) => {
    for (const matrix of matrices) {
      const part = partOfProducts[matrix.part];
      if (part !== undefined) add(part, 2 * matrix.used * matrix.outputs * matrix.inputs * tokens);
    }
  };
  const scores = ({ heads, headSize }: AttentionShape, pairs: number) =>
    add('attentionScores', 4 * heads * headSize * pairs, 8 * heads * headSize * pairs, 2 * heads * headSize * pairs);

  const layer = (of: LayerShape, tokens: number, pairs: number) => {
    const { crossAttention, ...rest } = of;
    products(layerInventory(rest, shape.hiddenSize, shape.normBias).matrices, tokens);
    if (of.mixer.kind === 'attention') scores(of.mixer, pairs);
    else {
      const { inner, stateSize: N, convWidth } = of.mixer;
      add('convolution', 2 * convWidth * inner * tokens);
      add('scan', (7 * N + 3) * inner * tokens, (14 * N + 7) * inner * tokens, (5 * N + 1) * inner * tokens);
    }
    if (crossAttention === undefined) return;
    const { matrices } = attentionInventory(crossAttention, shape.hiddenSize);
    const isKey = ({ name }: MatrixInventory) => name === 'k_proj' || name === 'v_proj';
    products(
      matrices.filter((matrix) => !isKey(matrix)),
      tokens,
    );
    if (work.crossKeys) products(matrices.filter(isKey), work.encoderTokens);
    scores(crossAttention, tokens * work.encoderTokens);
  };
  const { tokens, before, encoderTokens } = work;
  const pairs = shape.causal ? tokens * before + (tokens * (tokens + 1)) / 2 : tokens * (before + tokens);
  for (const each of shape.layers) layer(each, tokens, pairs);
  // The encoder has done its work once the decoder makes token after token.
  if (work.crossKeys) for (const each of shape.encoderLayers ?? []) layer(each, encoderTokens, encoderTokens ** 2);
  products(outerInventory(shape).matrices, work.headTokens);
  return sums;
}

const partOfProducts: Readonly<Record<Part, FlopsPart | undefined>> = {
  embedding: undefined,
  attention: 'attentionProjections',
  mamba: 'mambaProjections',
  router: 'router',
  experts: 'experts',
  denseMlp: 'denseMlp',
  norms: undefined,
  head: 'head',
};

/** The sum over parts. */
export function totalFlops(byPart: FlopsByPart): Flops {
  const sum = (of: keyof Flops) => flopsParts.reduce((total, part) => total + byPart[part][of], 0);
  return { forward: sum('forward'), backward: sum('backward'), recompute: sum('recompute') };
}

/** What is not kept for the backward pass and computed again: nothing but what kernels do, or every layer (`full`). */
export type Checkpointing = 'none' | 'full';
export const checkpointings: readonly Checkpointing[] = ['none', 'full'];

export interface TrainingFlops {
  /** Forward and backward, without anything computed twice. */
  readonly flops: number;
  /** With it: what backward kernels make again, and under `full` checkpointing the forward pass of every layer. */
  readonly hardwareFlops: number;
}

/** FLOPs of training on one sequence of `context` tokens. */
export const trainingFlops = (shape: ModelShape, context: number, checkpointing: Checkpointing): TrainingFlops =>
  flopsOfStep(shape, wholeSequence(shape, context), checkpointing);

/** FLOPs of forward and backward over one piece of work. */
export function flopsOfStep(shape: ModelShape, work: Work, checkpointing: Checkpointing): TrainingFlops {
  const byPart = countFlops(shape, work);
  const { forward, backward, recompute } = totalFlops(byPart);
  const again = checkpointing === 'full' ? forward - byPart.head.forward : 0;
  return { flops: forward + backward, hardwareFlops: forward + backward + recompute + again };
}

/**
 * 6 · parameters · tokens: the common rule of thumb (Kaplan et al., arXiv 2001.08361), for comparison. It is not in the cost
 * paper and it ignores attention's quadratic part, the scan, and that embeddings are looked up.
 */
export const sixParametersTokens = (parameters: number, tokens: number): number => 6 * parameters * tokens;

/**
 * Distinct experts that `tokens` tokens choose, in expectation, each k of E uniformly and independently of the others:
 * E · (1 − (1 − k/E)^tokens). Uniform choice is what load balancing aims at, and an assumption.
 */
export const expectedExperts = (experts: number, perToken: number, tokens: number): number =>
  experts * (1 - (1 - perToken / experts) ** tokens);
