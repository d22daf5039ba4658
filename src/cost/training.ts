/** What a training run takes: FLOPs, memory, seconds, dollars, energy and carbon. */
import { JambalayaError } from '../errors/index.js';
import { expectAmong, expectContext, expectCount, expectPositive, expectRange, expectWithin } from './checks.js';
import { type Elasticities, elasticities } from './elasticities.js';
import {
  type Checkpointing,
  checkpointings,
  countFlops,
  type Flops,
  type FlopsByPart,
  flopsParts,
  sixParametersTokens,
  trainingFlops,
  wholeSequence,
} from './flops.js';
import { peakFor } from './hardware.js';
import type { Hardware, PeakDType, Range } from './hardwareRow.js';
import { expectParallelism, type Parallelism } from './parallel.js';
import { countParameters, type ParameterCount } from './parameters.js';
import { product, scaled } from './range.js';
import type { ModelShape } from './shape.js';
import { defaultContext, tokensOfStacks } from './state.js';
import { dataTraffic, forwardTraffic, type ZeroStage } from './traffic.js';
import {
  expertCopies,
  heldParameters,
  statesOfPrecision,
  type TrainingMemory,
  type TrainingPrecision,
  trainingMemory,
  trainingPrecisions,
} from './trainingMemory.js';

/**
 * Assumptions where a caller says nothing; every one can be given.
 *
 * `utilisation`: share of the peak that hardware FLOPs reach; published runs lie between GPT-3's 0.21 and PaLM's 0.58
 * (Chowdhery et al., arXiv 2204.02311, table 3). `restarts`: lost and repeated work. `overhead`: of buildings and cooling (PUE).
 * `load`: mean power as a share of the devices' limit. `carbonKilogramsPerKilowattHour`: from hydro or nuclear to coal.
 * `runs` and `configurations`: the fully loaded cost of the paper, 2 configurations of 10 runs (arXiv 2004.08900).
 */
export const trainingAssumptions = {
  utilisation: { low: 0.2, high: 0.55 },
  restarts: { low: 1, high: 1.15 },
  overhead: { low: 1.1, high: 1.5 },
  load: { low: 0.5, high: 1 },
  carbonKilogramsPerKilowattHour: { low: 0.02, high: 0.8 },
  usable: 0.9,
  batchTokens: 4e6,
  runs: 10,
  configurations: 2,
} as const;

export interface TrainingOptions {
  readonly hardware: Hardware;
  /** Devices in all; 1 unless told. */
  readonly count?: number;
  /** Tokens processed: sequence length × steps × batch size (arXiv 2004.08900). */
  readonly tokens: number;
  /** Tokens of a sequence. */
  readonly context?: number;
  /** Tokens of one step of the optimizer. */
  readonly batchTokens?: number;
  /** Sequences that a device works on at once; 1 unless told. */
  readonly microBatch?: number;
  /** `data` follows from the others and `count`. */
  readonly layout?: Partial<Omit<Parallelism, 'data'>>;
  /** 3 unless told: weights, gradients and optimizer spread over all data-parallel devices. */
  readonly zero?: ZeroStage;
  /** `full` unless told. */
  readonly checkpointing?: Checkpointing;
  readonly precision?: TrainingPrecision;
  readonly utilisation?: Range;
  readonly restarts?: Range;
  readonly dollarsPerHour?: Range;
  readonly overhead?: Range;
  readonly load?: Range;
  readonly carbonKilogramsPerKilowattHour?: Range;
  /** One direction, per device, between data-parallel copies; the hardware's interconnect unless told. */
  readonly networkBytesPerSecond?: number;
  readonly usable?: number;
  readonly runs?: number;
  readonly configurations?: number;
}

export interface TrainingPlan {
  readonly hardware: string;
  readonly count: number;
  readonly tokens: number;
  readonly context: number;
  readonly parameters: ParameterCount;
  readonly layout: Parallelism;
  readonly zero: ZeroStage;
  readonly checkpointing: Checkpointing;
  readonly precision: TrainingPrecision;
  readonly microBatch: number;
  readonly batchTokens: number;
  readonly steps: number;
  /** Forward and backward of all tokens, nothing twice. */
  readonly flops: number;
  /** With what is computed again. */
  readonly hardwareFlops: number;
  /** Of one token, mean over a sequence: by layer kind, forward, backward, and again in backward kernels. */
  readonly flopsPerToken: FlopsByPart;
  /** 6 · active parameters · tokens, for comparison: ours, no paper's price. */
  readonly sixActiveParametersTokens: number;
  readonly fits: boolean;
  readonly perDeviceBytes: number;
  readonly perDevice: TrainingMemory;
  readonly usableBytesPerDevice: number;
  /** Bytes that one device sends in one step. */
  readonly trafficBytesPerStep: number;
  /** What sets the time at the high end of utilisation. */
  readonly limit: 'flops' | 'interconnect';
  /** Wall time of one run. */
  readonly seconds: Range;
  /** Of one run. */
  readonly dollars: Range;
  readonly energyKilowattHours: Range;
  readonly carbonKilograms: Range;
  /** Repeated runs for variance and hyper-parameter search: dollars × runs × configurations (arXiv 2004.08900). */
  readonly fullyLoaded: {
    readonly runs: number;
    readonly configurations: number;
    readonly factor: number;
    readonly dollars: Range;
  };
  readonly elasticities: Elasticities;
  readonly assumptions: Readonly<
    Record<
      'utilisation' | 'restarts' | 'dollarsPerHour' | 'overhead' | 'load' | 'carbonKilogramsPerKilowattHour',
      Range
    >
  >;
}

/** @throws `usage` on numbers that are none and on layouts that the model cannot have; `limit` beyond learned positions */
export function planTraining(shape: ModelShape, options: TrainingOptions): TrainingPlan {
  const filled = fillIn(shape, options);
  const { hardware, count, tokens, context, batchTokens, microBatch, layout, zero, checkpointing, precision } = filled;
  const { utilisation, restarts, dollarsPerHour, overhead, load, carbonKilogramsPerKilowattHour } = filled;

  const perSequence = trainingFlops(shape, context, checkpointing);
  const sequences = tokens / context;
  const flops = sequences * perSequence.flops;
  const hardwareFlops = sequences * perSequence.hardwareFlops;

  const memory = trainingMemory(shape, { context, microBatch, layout, zero, checkpointing, precision });
  const perDeviceBytes = Object.values(memory).reduce((sum: number, bytes: number) => sum + bytes, 0);
  const usableBytesPerDevice = filled.usable * hardware.memoryBytes;

  const steps = Math.ceil(tokens / batchTokens);
  const microBatches = Math.max(1, Math.ceil(batchTokens / (context * microBatch * layout.data)));
  const traffic = stepTraffic(shape, filled, microBatches);
  // Stages wait for the first and the last micro-batch (GPipe, arXiv 1811.06965, section 2.3).
  const waiting = (microBatches + layout.pipeline - 1) / microBatches;
  const { flopsPerSecond } = peakFor(hardware, peakOf[precision]);
  const atPeak = (waiting * hardwareFlops) / (count * flopsPerSecond);
  const sending =
    steps *
    (traffic.model / hardware.interconnectBytesPerSecond +
      traffic.data / (filled.networkBytesPerSecond ?? hardware.interconnectBytesPerSecond));
  // Utilisation has what communication usually hides badly; a link that takes longer than that sets the time.
  const seconds = product(restarts, {
    low: Math.max(atPeak / utilisation.high, sending),
    high: Math.max(atPeak / utilisation.low, sending),
  });
  const dollars = scaled(product(seconds, dollarsPerHour), count / 3600);
  const kilowatts = (count * hardware.powerWatts) / 1000;
  const energyKilowattHours = scaled(product(product(seconds, load), overhead), kilowatts / 3600);
  const factor = filled.runs * filled.configurations;
  return {
    hardware: hardware.id,
    count,
    tokens,
    context,
    parameters: countParameters(shape),
    layout,
    zero,
    checkpointing,
    precision,
    microBatch,
    batchTokens,
    steps,
    flops,
    hardwareFlops,
    flopsPerToken: perToken(shape, context),
    sixActiveParametersTokens: sixParametersTokens(countParameters(shape).active, tokens),
    fits: perDeviceBytes <= usableBytesPerDevice,
    perDeviceBytes,
    perDevice: memory,
    usableBytesPerDevice,
    trafficBytesPerStep: traffic.model + traffic.data,
    limit: sending > atPeak / utilisation.high ? 'interconnect' : 'flops',
    seconds,
    dollars,
    energyKilowattHours,
    carbonKilograms: product(energyKilowattHours, carbonKilogramsPerKilowattHour),
    fullyLoaded: {
      runs: filled.runs,
      configurations: filled.configurations,
      factor,
      dollars: scaled(dollars, factor),
    },
    elasticities: elasticities(shape, { context, checkpointing }),
    assumptions: { utilisation, restarts, dollarsPerHour, overhead, load, carbonKilogramsPerKilowattHour },
  };
}

/** FLOPs of a whole sequence over its tokens. */
function perToken(shape: ModelShape, context: number): FlopsByPart {
  const whole = countFlops(shape, wholeSequence(shape, context));
  const each = ({ forward, backward, recompute }: Flops): Flops => ({
    forward: forward / context,
    backward: backward / context,
    recompute: recompute / context,
  });
  return Object.fromEntries(flopsParts.map((part) => [part, each(whole[part])])) as FlopsByPart;
}

const peakOf: Readonly<Record<TrainingPrecision, PeakDType>> = { mixed: 'bf16', f32: 'f32' };

type Filled = Required<Omit<TrainingOptions, 'layout' | 'networkBytesPerSecond'>> & {
  readonly layout: Parallelism;
  readonly networkBytesPerSecond: number | undefined;
};

/** Options with defaults, every one of them checked. */
function fillIn(shape: ModelShape, options: TrainingOptions): Filled {
  const filled = {
    count: 1,
    context: defaultContext(shape),
    microBatch: 1,
    zero: 3 as ZeroStage,
    checkpointing: 'full' as Checkpointing,
    precision: 'mixed' as TrainingPrecision,
    dollarsPerHour: options.hardware.dollarsPerHour,
    ...trainingAssumptions,
    ...options,
    networkBytesPerSecond: options.networkBytesPerSecond,
  };
  expectCount('count', filled.count);
  expectPositive('tokens', filled.tokens);
  expectContext(shape, filled.context);
  expectCount('microBatch', filled.microBatch);
  expectPositive('batchTokens', filled.batchTokens);
  expectAmong('zero', ['0', '1', '2', '3'], String(filled.zero));
  expectAmong('checkpointing', checkpointings, filled.checkpointing);
  expectAmong('precision', trainingPrecisions, filled.precision);
  expectRange('utilisation', filled.utilisation, 0.001, 1);
  expectRange('restarts', filled.restarts, 1, 100);
  expectRange('dollarsPerHour', filled.dollarsPerHour, 0, 1e6);
  expectRange('overhead', filled.overhead, 1, 10);
  expectRange('load', filled.load, 0.01, 2);
  expectRange('carbonKilogramsPerKilowattHour', filled.carbonKilogramsPerKilowattHour, 0, 10);
  if (filled.networkBytesPerSecond !== undefined) expectPositive('networkBytesPerSecond', filled.networkBytesPerSecond);
  expectWithin('usable', filled.usable, 0.01, 1);
  expectCount('runs', filled.runs);
  expectCount('configurations', filled.configurations);
  const { tensor = 1, pipeline = 1, expert = 1 } = options.layout ?? {};
  expectCount('tensor parallelism', tensor);
  expectCount('pipeline parallelism', pipeline);
  if (filled.count % (tensor * pipeline) !== 0) {
    throw new JambalayaError('usage', {
      argument: 'tensor and pipeline parallelism',
      expected: `a product that divides ${filled.count} devices`,
      found: `${tensor} × ${pipeline}`,
    });
  }
  const layout = { tensor, pipeline, expert, data: filled.count / (tensor * pipeline) };
  expectParallelism(shape, layout);
  return { ...filled, layout };
}

/** Bytes that a device sends in one step: for the layers (forward, backward, and forward again), and for data parallelism. */
function stepTraffic(
  shape: ModelShape,
  { context, microBatch, layout, zero, checkpointing, precision }: Filled,
  microBatches: number,
): { readonly model: number; readonly data: number } {
  const { weight, gradient, activation } = statesOfPrecision[precision];
  const { encoder, decoder } = tokensOfStacks(shape, context);
  const token = forwardTraffic(shape, layout, activation);
  const passes = checkpointing === 'full' ? 3 : 2;
  const perToken = passes * (token.tensor + token.expert) + 2 * token.pipeline;
  const { shared, spread } = heldParameters(shape, layout);
  const dataOf = (held: number, copies: number) =>
    dataTraffic({ weights: weight * held, gradients: gradient * held }, zero, copies, microBatches);
  return {
    model: perToken * microBatches * microBatch * Math.max(encoder, decoder),
    data: dataOf(shared, layout.data) + dataOf(spread, expertCopies(layout)),
  };
}
