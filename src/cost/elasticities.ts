/**
 * d ln(cost) / d ln(driver): what one per cent more of each driver costs, in per cent, while FLOPs set the time. The drivers are
 * those of the cost paper (arXiv 2004.08900): dataset and training volume, model size, and multipliers on top; the derivatives are
 * ours, of the FLOPs in `flops.ts`, with every size taken as a real number.
 */
import { type Checkpointing, countFlops, flopsOfStep, type Work, wholeSequence } from './flops.js';
import { inventory, matrixParameters } from './inventory.js';
import type { AttentionShape, LayerShape, ModelShape } from './shape.js';

export interface Elasticities {
  /** All of these are 1: cost is proportional. */
  readonly tokens: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly runs: number;
  readonly configurations: number;
  readonly dollarsPerHour: number;
  /** −1. */
  readonly utilisation: number;
  /** Longer sequences at the same number of tokens: attention's quadratic part. */
  readonly sequenceLength: number;
  /** Longer sequences at the same steps and batch size: 1 more. */
  readonly sequenceLengthAtSameSteps: number;
  /** D with heads, channels, ranks and inner sizes in proportion. */
  readonly width: number;
  /** D alone, with heads, channels and rank, at the same inner size of the feed-forwards. */
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly vocabularySize: number;
  /** k; 0 without mixtures. */
  readonly expertsPerToken: number;
  /** E: only the router grows. */
  readonly experts: number;
  /** Parameters, by making the model wider. */
  readonly parameters: number;
}

export function elasticities(
  shape: ModelShape,
  { context, checkpointing }: { readonly context: number; readonly checkpointing: Checkpointing },
): Elasticities {
  const work = wholeSequence(shape, context);
  const cost = (of: ModelShape, longer = 1) => {
    const [tokens, encoderTokens] = [longer * work.tokens, longer * work.encoderTokens];
    const stretched = { ...work, tokens, encoderTokens, headTokens: longer * work.headTokens };
    return flopsOfStep(of, stretched, checkpointing).hardwareFlops / longer;
  };
  const slope = (value: (factor: number) => number) =>
    Math.log(value(1 + step) / value(1 - step)) / Math.log((1 + step) / (1 - step));
  const along = (change: (factor: number) => ModelShape) => slope((factor) => cost(change(factor)));
  const widened = (factor: number) => changed(shape, { width: factor, inner: factor });
  const sequenceLength = slope((factor) => cost(shape, factor));
  const width = along(widened);
  return {
    tokens: 1,
    steps: 1,
    batchSize: 1,
    runs: 1,
    configurations: 1,
    dollarsPerHour: 1,
    utilisation: -1,
    sequenceLength,
    sequenceLengthAtSameSteps: 1 + sequenceLength,
    width,
    hiddenSize: along((factor) => changed(shape, { width: factor })),
    intermediateSize: along((factor) => changed(shape, { inner: factor })),
    layers: 1 - headShare(shape, work, checkpointing),
    vocabularySize: along((factor) => ({ ...shape, vocabularySize: factor * shape.vocabularySize })),
    expertsPerToken: along((factor) => changed(shape, { expertsPerToken: factor })),
    experts: along((factor) => changed(shape, { experts: factor })),
    parameters: width / slope((factor) => parametersOf(widened(factor))),
  };
}

/** Half the width of the central difference, as a share of the driver. */
const step = 1e-3;

/** Everything but the head is in layers, and proportional to them. */
function headShare(shape: ModelShape, work: Work, checkpointing: Checkpointing): number {
  const { head } = countFlops(shape, work);
  return (head.forward + head.backward) / flopsOfStep(shape, work, checkpointing).hardwareFlops;
}

const parametersOf = (shape: ModelShape): number => {
  const { matrices, vectors } = inventory(shape);
  return (
    matrices.reduce((sum, matrix) => sum + matrix.stored * matrixParameters(matrix), 0) +
    vectors.reduce((sum, { size }) => sum + size, 0)
  );
};

/** The shape with sizes multiplied; they need not stay whole. */
function changed(
  shape: ModelShape,
  {
    width = 1,
    inner = 1,
    experts = 1,
    expertsPerToken = 1,
  }: Partial<Record<'width' | 'inner' | 'experts' | 'expertsPerToken', number>>,
): ModelShape {
  const attention = (of: AttentionShape): AttentionShape => ({
    ...of,
    heads: width * of.heads,
    kvHeads: width * of.kvHeads,
  });
  const layer = (of: LayerShape): LayerShape => {
    const { mixer, crossAttention, feedForward } = of;
    const sized =
      mixer.kind === 'attention'
        ? attention(mixer)
        : { ...mixer, inner: width * mixer.inner, dtRank: width * mixer.dtRank };
    const isMixture = feedForward !== undefined && feedForward.experts > 1;
    return {
      norms: of.norms,
      mixer: sized,
      ...(crossAttention === undefined ? {} : { crossAttention: attention(crossAttention) }),
      ...(feedForward === undefined
        ? {}
        : {
            feedForward: {
              ...feedForward,
              inner: inner * feedForward.inner,
              experts: isMixture ? experts * feedForward.experts : 1,
              expertsPerToken: isMixture ? expertsPerToken * feedForward.expertsPerToken : 1,
            },
          }),
    };
  };
  return {
    ...shape,
    hiddenSize: width * shape.hiddenSize,
    layers: shape.layers.map(layer),
    ...(shape.encoderLayers === undefined ? {} : { encoderLayers: shape.encoderLayers.map(layer) }),
  };
}
