/** Whether a model can be served, on what, for how many, how fast at most and for how much. */
import { JambalayaError } from '../errors/index.js';
import { type ExpertExecution, expertExecutions, workspaceBytesPerToken } from './activations.js';
import { expectAmong, expectContext, expectCount, expectRange, expectWithin } from './checks.js';
import { type DecodeBound, decodeBound, promptSeconds, type ServingSetup } from './decode.js';
import type { Hardware, Range } from './hardwareRow.js';
import {
  defaultServingLayout,
  expectParallelism,
  type Parallelism,
  stageSequenceBytes,
  stageWeightsBytes,
} from './parallel.js';
import { type WeightForm, weightForms } from './parameters.js';
import type { ModelShape } from './shape.js';
import { defaultContext, type KvDType, kvDTypes } from './state.js';

/** Compute capability from which ExpertsInt8 runs (vLLM's `experts_int8`). */
export const expertsInt8Capability = 8.0;

/**
 * Assumptions where a caller says nothing. `usable`: the share of memory that servers take by default (vLLM's
 * gpu_memory_utilization). `efficiency`: what share of the bound a good server reaches.
 */
export const servingAssumptions = { usable: 0.9, efficiency: { low: 0.3, high: 0.7 } } as const;

export interface ServingOptions {
  readonly hardware: Hardware;
  /** Devices that share one copy of the model; 1 unless told. */
  readonly count?: number;
  /** Tokens of a sequence, prompt and answer. */
  readonly context?: number;
  /** Sequences at once that `perDeviceBytes` and `fits` are about; 1 unless told. */
  readonly batch?: number;
  readonly weights?: WeightForm;
  readonly kvDType?: KvDType;
  readonly layout?: Partial<Parallelism>;
  /** Tokens of a prompt that are read at a time; the whole prompt unless told. */
  readonly prefillChunk?: number;
  readonly experts?: ExpertExecution;
  /** Share of a device's memory that may be used. */
  readonly usable?: number;
  /** Share of the bound on tokens per second that is reached. */
  readonly efficiency?: Range;
  /** Instead of the table's. */
  readonly dollarsPerHour?: Range;
}

/** Memory of one device of the fullest stage. */
export interface DeviceMemory {
  readonly weightsBytes: number;
  readonly kvCacheBytes: number;
  readonly stateBytes: number;
  /** Of reading one prompt. */
  readonly workspaceBytes: number;
}

/** The largest that fits; null where nothing bounds it. */
export interface Maximum {
  readonly naive: number | null;
  readonly practical: number | null;
}

export interface ServingPlan {
  readonly hardware: string;
  readonly count: number;
  readonly layout: Parallelism;
  readonly weights: WeightForm;
  readonly kvDType: KvDType;
  readonly context: number;
  readonly batch: number;
  readonly fits: boolean;
  /** What the fullest device needs: the sum of `perDevice`. */
  readonly perDeviceBytes: number;
  readonly perDevice: DeviceMemory;
  readonly hardwareMemoryBytes: number;
  /** Its memory times the usable share; `fits` compares with it. */
  readonly usableBytesPerDevice: number;
  /** What workspace is dominated by. */
  readonly widestPart: string;
  /** The longest single sequence, with work space and within the usable share. */
  readonly maxContext: number | null;
  /** What takes the memory of the fullest device then; null where nothing bounds the context or none fits. */
  readonly atMaxContext: DeviceMemory | null;
  /** Sequences of `context` tokens at once, one of them reading its prompt. */
  readonly maxConcurrency: number | null;
  /** The same with all of the memory and without work space. */
  readonly naiveMaxContext: number | null;
  readonly naiveMaxConcurrency: number | null;
  /** At the highest concurrency, of all sequences together; 0 if not even one fits. */
  readonly tokensPerSecondBound: number;
  /** At the highest concurrency. */
  readonly atMaxConcurrency: DecodeBound | null;
  /** Of one sequence alone. */
  readonly alone: DecodeBound;
  /** Least seconds until the first token after a prompt of `context` tokens. */
  readonly promptSecondsBound: number;
  readonly efficiency: Range;
  readonly dollarsPerHour: Range;
  /** Of output tokens, at the highest concurrency; null if not even one sequence fits. */
  readonly dollarsPerMillionTokens: Range | null;
}

/** What memory and speed are computed from: the options with everything filled in, and what a device holds. */
interface Serving extends ServingSetup {
  readonly count: number;
  readonly context: number;
  readonly batch: number;
  readonly usableBytesPerDevice: number;
  readonly widestPart: string;
  /** Memory of the fullest device while one of `sequences` reads its prompt of `tokens`; or without work space. */
  memory(tokens: number, sequences: number, withWorkspace?: boolean): DeviceMemory;
}

function prepare(shape: ModelShape, options: ServingOptions): Serving {
  const { hardware, count = 1, context = defaultContext(shape), batch = 1, prefillChunk } = options;
  const { weights = 'bf16', kvDType = 'bf16', experts = 'one-by-one', usable = servingAssumptions.usable } = options;
  expectCount('count', count);
  expectContext(shape, context);
  expectCount('batch', batch);
  expectAmong('weights', weightForms, weights);
  expectAmong('kvDType', kvDTypes, kvDType);
  expectAmong('experts', expertExecutions, experts);
  if (prefillChunk !== undefined) expectCount('prefillChunk', prefillChunk);
  expectWithin('usable', usable, 0.01, 1);
  expectSupport(hardware, weights);
  const layout = servingLayout(shape, count, options.layout);
  const stageWeights = stageWeightsBytes(shape, layout, weights);
  const workspace = workspaceBytesPerToken(shape, { experts, tensor: layout.tensor });
  const logits = (4 * shape.vocabularySize) / layout.tensor;
  return {
    hardware,
    layout,
    weights,
    kvDType,
    count,
    context,
    batch,
    usableBytesPerDevice: usable * hardware.memoryBytes,
    widestPart: workspace.widest,
    memory(tokens, sequences, withWorkspace = true) {
      const workspaceBytes = withWorkspace ? workspace.bytes * Math.min(tokens, prefillChunk ?? tokens) + logits : 0;
      const stages = stageSequenceBytes(shape, layout, tokens, kvDType).map((sequence, stage) => ({
        weightsBytes: stageWeights[stage]!,
        kvCacheBytes: sequences * sequence.kvCacheBytes,
        stateBytes: sequences * sequence.stateBytes,
        workspaceBytes,
      }));
      return stages.reduce((fullest, stage) => (total(stage) > total(fullest) ? stage : fullest));
    },
  };
}

/**
 * @throws `usage` on numbers that are none, a layout that the model cannot have, or ExpertsInt8 below compute capability 8.0;
 *   `limit` on a context beyond learned positions
 */
export function planServing(shape: ModelShape, options: ServingOptions): ServingPlan {
  const { efficiency = servingAssumptions.efficiency, dollarsPerHour = options.hardware.dollarsPerHour } = options;
  expectRange('efficiency', efficiency, 0.001, 1);
  expectRange('dollarsPerHour', dollarsPerHour, 0, 1e6);
  const serving = prepare(shape, options);
  const { hardware, count, layout, weights, kvDType, context, batch, usableBytesPerDevice, widestPart, memory } =
    serving;
  const practical = (tokens: number, sequences: number) => total(memory(tokens, sequences)) <= usableBytesPerDevice;
  const naive = (tokens: number, sequences: number) => total(memory(tokens, sequences, false)) <= hardware.memoryBytes;
  const maxTokens = shape.positions > 0 ? shape.positions : unbounded;
  const longest = (fits: typeof naive) => largest((tokens) => fits(tokens, 1), maxTokens, shape.positions > 0);

  const perDevice = memory(context, batch);
  const maxContext = longest(practical);
  const maxConcurrency = largest((sequences) => practical(context, sequences), unbounded);
  const generates = shape.causal && maxConcurrency !== 0;
  const atMaxConcurrency = generates ? decodeBound(shape, serving, context, maxConcurrency ?? unbounded) : null;
  const tokensPerSecondBound = atMaxConcurrency?.tokensPerSecond ?? 0;
  const millions = (dollars: number, share: number) => (dollars * count * 1e6) / (3600 * share * tokensPerSecondBound);
  return {
    hardware: hardware.id,
    count,
    layout,
    weights,
    kvDType,
    context,
    batch,
    fits: practical(context, batch),
    perDeviceBytes: total(perDevice),
    perDevice,
    hardwareMemoryBytes: hardware.memoryBytes,
    usableBytesPerDevice,
    widestPart,
    maxContext,
    atMaxContext: maxContext === null || maxContext === 0 ? null : memory(maxContext, 1),
    maxConcurrency,
    naiveMaxContext: longest(naive),
    naiveMaxConcurrency: largest((sequences) => naive(context, sequences), unbounded),
    tokensPerSecondBound,
    atMaxConcurrency,
    alone: decodeBound(shape, serving, context, 1),
    promptSecondsBound: promptSeconds(shape, serving, context),
    efficiency,
    dollarsPerHour,
    dollarsPerMillionTokens:
      atMaxConcurrency === null
        ? null
        : { low: millions(dollarsPerHour.low, efficiency.high), high: millions(dollarsPerHour.high, efficiency.low) },
  };
}

export interface Machine {
  readonly hardware: string;
  /** The fewest devices of 1, 2, 4 and 8 on which it fits. */
  readonly count: number;
  readonly dollarsPerHour: Range;
}

/** The machines of a table, of up to eight devices, on which the same fits; the cheapest first. */
export function fittingMachines(
  shape: ModelShape,
  table: readonly Hardware[],
  options: Omit<ServingOptions, 'hardware' | 'count' | 'layout'>,
): readonly Machine[] {
  const machines: Machine[] = [];
  for (const hardware of table) {
    if ((options.weights ?? 'bf16') === 'experts-int8' && !supportsExpertsInt8(hardware)) continue;
    const fits = (count: number) => {
      const { context, batch, memory, usableBytesPerDevice } = prepare(shape, { ...options, hardware, count });
      return total(memory(context, batch)) <= usableBytesPerDevice;
    };
    const count = [1, 2, 4, 8].find(fits);
    if (count === undefined) continue;
    const { low, high } = hardware.dollarsPerHour;
    machines.push({ hardware: hardware.id, count, dollarsPerHour: { low: count * low, high: count * high } });
  }
  return machines.sort((a, b) => a.dollarsPerHour.low - b.dollarsPerHour.low);
}

const total = ({ weightsBytes, kvCacheBytes, stateBytes, workspaceBytes }: DeviceMemory): number =>
  weightsBytes + kvCacheBytes + stateBytes + workspaceBytes;

const supportsExpertsInt8 = ({ computeCapability }: Hardware): boolean =>
  computeCapability === undefined || computeCapability >= expertsInt8Capability;

function expectSupport(hardware: Hardware, weights: WeightForm): void {
  if (weights !== 'experts-int8' || supportsExpertsInt8(hardware)) return;
  throw new JambalayaError(
    'usage',
    {
      argument: 'weights',
      expected: `compute capability ${expertsInt8Capability.toFixed(1)} or more for experts-int8`,
      found: `${hardware.name} with ${hardware.computeCapability!.toFixed(1)}`,
    },
    { hint: 'take an A100 or later, or --weights f16' },
  );
}

/** The layout asked for, completed; all devices belong to one copy of the model. */
function servingLayout(shape: ModelShape, count: number, wanted: Partial<Parallelism> = {}): Parallelism {
  const fail = (argument: string, expected: string, found: unknown) => {
    throw new JambalayaError('usage', { argument, expected, found: String(found) });
  };
  for (const way of ['tensor', 'pipeline'] as const) {
    const parts = wanted[way];
    if (parts === undefined) continue;
    expectCount(`${way} parallelism`, parts);
    if (count % parts !== 0) fail(`${way} parallelism`, `a divisor of ${count} devices`, parts);
  }
  const found = defaultServingLayout(shape, count);
  const { tensor = count / (wanted.pipeline ?? found.pipeline) } = wanted;
  const { pipeline = count / tensor, expert = 1 } = wanted;
  if (tensor * pipeline !== count) {
    fail('tensor and pipeline parallelism', `a product of ${count} devices`, `${tensor} × ${pipeline}`);
  }
  const layout = { tensor, pipeline, expert, data: 1 };
  expectParallelism(shape, layout);
  return layout;
}

/** No sequence and no batch of this size is a question of memory. */
const unbounded = 2 ** 40;

/** The largest whole number for which `fits`, 0 if there is none, null if it is no less than the most (unless that is a limit). */
function largest(fits: (n: number) => boolean, most: number, mostIsALimit = false): number | null {
  if (!fits(1)) return 0;
  if (fits(most)) return mostIsALimit ? most : null;
  let low = 1;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
