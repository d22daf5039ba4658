/** Backwards: what a sum of money trains, and what fits in so many bytes. */
import { expectPositive } from './checks.js';
import type { Hardware, Range } from './hardwareRow.js';
import { type WeightForm, weightForms } from './parameters.js';
import { planServing } from './serving.js';
import type { ModelShape } from './shape.js';
import type { KvDType } from './state.js';
import { planTraining, type TrainingOptions } from './training.js';

export interface TokenBudget {
  readonly dollars: number;
  /** That the money pays for: at high prices and low utilisation, and the other way round. */
  readonly tokens: Range;
  /** Tokens per parameter that a token is multiplied with; about 20 is where loss per FLOP is least for dense models. */
  readonly tokensPerActiveParameter: Range;
  /** Wall time of spending all of it. */
  readonly seconds: Range;
  readonly fits: boolean;
}

/**
 * Tokens that `dollars` train of a given model, for one run. Cost is proportional to tokens but for the last step's rounding, so
 * the plan of a reference run gives the price of a token.
 */
export function tokensForDollars(
  shape: ModelShape,
  dollars: number,
  options: Omit<TrainingOptions, 'tokens'>,
): TokenBudget {
  expectPositive('dollars', dollars);
  const reference = (options.batchTokens ?? 4e6) * 1e6;
  const plan = planTraining(shape, { ...options, tokens: reference });
  const tokens = {
    low: (reference * dollars) / plan.dollars.high,
    high: (reference * dollars) / plan.dollars.low,
  };
  const { active } = plan.parameters;
  const perHour = options.dollarsPerHour ?? options.hardware.dollarsPerHour;
  const spending = (price: number) => (3600 * dollars) / (price * plan.count);
  return {
    dollars,
    tokens,
    tokensPerActiveParameter: { low: tokens.low / active, high: tokens.high / active },
    seconds: { low: spending(perHour.high), high: spending(perHour.low) },
    fits: plan.fits,
  };
}

export interface ParameterBudget {
  readonly dollars: number;
  readonly tokensPerParameter: number;
  /** Of a dense model whose tokens are in that proportion. */
  readonly parameters: Range;
  readonly tokens: Range;
}

/**
 * The largest dense model that `dollars` train with `tokensPerParameter` tokens each, by 6 · N · D (ours; arXiv 2004.08900 warns
 * that no formula is the paper's). The default of 20 is Hoffmann et al.'s (arXiv 2203.15556).
 */
export function parametersForDollars(
  dollars: number,
  {
    flopsPerSecond,
    utilisation,
    dollarsPerHour,
    tokensPerParameter = 20,
  }: {
    readonly flopsPerSecond: number;
    readonly utilisation: Range;
    readonly dollarsPerHour: Range;
    readonly tokensPerParameter?: number;
  },
): ParameterBudget {
  expectPositive('dollars', dollars);
  expectPositive('tokensPerParameter', tokensPerParameter);
  expectPositive('dollarsPerHour', dollarsPerHour.low);
  const of = (price: number, share: number) => {
    const flops = (3600 * dollars * share * flopsPerSecond) / price;
    return Math.sqrt(flops / (6 * tokensPerParameter));
  };
  const parameters = { low: of(dollarsPerHour.high, utilisation.low), high: of(dollarsPerHour.low, utilisation.high) };
  const tokens = { low: tokensPerParameter * parameters.low, high: tokensPerParameter * parameters.high };
  return { dollars, tokensPerParameter, parameters, tokens };
}

export interface ContextBudget {
  readonly weights: WeightForm;
  readonly weightsFit: boolean;
  /** Longest single sequence: with work space in the usable share, and without in all of it; null where nothing bounds it. */
  readonly maxContext: number | null;
  readonly naiveMaxContext: number | null;
}

/** What context fits in `bytes` of one device's memory, for each form of the weights. */
export function contextsForBytes(
  shape: ModelShape,
  bytes: number,
  { kvDType = 'bf16', usable, prefillChunk }: { kvDType?: KvDType; usable?: number; prefillChunk?: number } = {},
): readonly ContextBudget[] {
  expectPositive('bytes', bytes);
  const hardware = { ...memoryOnly, memoryBytes: bytes };
  const options = {
    kvDType,
    ...(usable === undefined ? {} : { usable }),
    ...(prefillChunk === undefined ? {} : { prefillChunk }),
  };
  return weightForms.map((weights) => {
    const { maxContext, naiveMaxContext } = planServing(shape, { ...options, hardware, weights });
    return { weights, weightsFit: naiveMaxContext !== 0, maxContext, naiveMaxContext };
  });
}

/** The parameters that fit in `bytes` in each form, nothing else beside them; int8 as one byte each, scales left out. */
export const parametersForBytes = (bytes: number): Readonly<Record<'f32' | 'bf16' | 'int8', number>> => {
  expectPositive('bytes', bytes);
  return { f32: bytes / 4, bf16: bytes / 2, int8: bytes };
};

/** A device of which only the memory is asked about. */
const memoryOnly: Hardware = {
  id: 'memory',
  name: 'memory alone',
  kind: 'gpu',
  year: 2026,
  memoryBytes: 1,
  memoryBytesPerSecond: 1,
  peakFlopsPerSecond: { f32: 1 },
  interconnectBytesPerSecond: 1,
  powerWatts: 1,
  dollarsPerHour: { low: 0, high: 0 },
  source: 'none: no figure but the memory is used',
};
