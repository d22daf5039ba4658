/** How fast tokens can be made at most: what a step reads, computes and sends, over what the devices can. */
import { countFlops, expectedExperts, oneToken, prompt, totalFlops } from './flops.js';
import { peakFor } from './hardware.js';
import type { Hardware, PeakDType } from './hardwareRow.js';
import { type Parallelism, stageInventories, stageSequenceBytes } from './parallel.js';
import { floatBytes, matrixBytes, type WeightForm } from './parameters.js';
import { allLayers, type ModelShape } from './shape.js';
import type { KvDType } from './state.js';
import { forwardTraffic } from './traffic.js';

export interface ServingSetup {
  readonly hardware: Hardware;
  readonly layout: Parallelism;
  readonly weights: WeightForm;
  readonly kvDType: KvDType;
}

/** Which of a device's limits a step reaches first. */
export type Limit = 'bandwidth' | 'flops' | 'interconnect';

export interface DecodeBound {
  /** Of all sequences together. */
  readonly tokensPerSecond: number;
  readonly limit: Limit;
  /** Bytes that a device of the slowest stage reads (states: and writes) in one step. */
  readonly bytesPerStep: number;
  /** Distinct experts of a mixture that a step reads, in expectation; 0 without mixtures. */
  readonly expertsPerStep: number;
}

/** The type that a product's units compute in: int8 where every matrix has int8 activations, else 16 bit, else f32. */
const computeType = (weights: WeightForm): PeakDType =>
  weights === 'int8' ? 'int8' : weights === 'f32' ? 'f32' : weights === 'f16' ? 'f16' : 'bf16';

/**
 * The most tokens per second that `batch` sequences of `context` tokens can get: each step reads every weight that some
 * sequence uses (of experts the expected number of distinct ones), each sequence's keys and values, and reads and writes its
 * states; it computes one token of each and sends what the layout asks for. Perfect overlap, nothing else: a bound, and ours.
 * Stages of a pipeline work on groups of sequences at the same time.
 */
export function decodeBound(
  shape: ModelShape,
  { hardware, layout, weights, kvDType }: ServingSetup,
  context: number,
  batch: number,
): DecodeBound {
  const groups = Math.min(layout.pipeline, batch);
  const group = batch / groups;
  const sequences = stageSequenceBytes(shape, layout, context, kvDType);
  const bytes = stageInventories(shape, layout).map(({ matrices, vectors }, stage) => {
    let read = vectors.reduce((sum, { size }) => sum + floatBytes(weights) * size, 0);
    for (const matrix of matrices) {
      if (matrix.used === 0) continue;
      const { stored, used } = matrix;
      // On average over devices: an expert-parallel one has its share of the distinct experts.
      const copies = matrix.part === 'experts' ? expectedExperts(stored, used, group) : 1;
      read += copies * matrixBytes(matrix, weights);
    }
    const { kvCacheBytes, stateBytes } = sequences[stage]!;
    return read + group * (kvCacheBytes + 2 * stateBytes);
  });
  const bytesPerStep = Math.max(...bytes);
  const devices = layout.tensor * layout.pipeline;
  const flops = (group * totalFlops(countFlops(shape, oneToken(shape, context))).forward) / devices;
  const traffic = forwardTraffic(shape, layout, 2);
  const seconds: Readonly<Record<Limit, number>> = {
    bandwidth: bytesPerStep / hardware.memoryBytesPerSecond,
    flops: flops / peakFor(hardware, computeType(weights)).flopsPerSecond,
    interconnect: (group * (traffic.tensor + traffic.expert + traffic.pipeline)) / hardware.interconnectBytesPerSecond,
  };
  const limits: readonly Limit[] = ['bandwidth', 'flops', 'interconnect'];
  const limit = limits.reduce((slowest, each) => (seconds[each] > seconds[slowest] ? each : slowest));
  const mixture = allLayers(shape).find(({ feedForward }) => (feedForward?.experts ?? 1) > 1)?.feedForward;
  return {
    tokensPerSecond: ((group / seconds[limit]) * groups) / layout.pipeline,
    limit,
    bytesPerStep,
    expertsPerStep: mixture === undefined ? 0 : expectedExperts(mixture.experts, mixture.expertsPerToken, group),
  };
}

/** The least seconds in which all devices together read a prompt of `context` tokens, by their FLOPs alone. */
export function promptSeconds(shape: ModelShape, { hardware, layout, weights }: ServingSetup, context: number): number {
  const { flopsPerSecond } = peakFor(hardware, computeType(weights));
  const { forward } = totalFlops(countFlops(shape, prompt(shape, context)));
  return forward / (flopsPerSecond * layout.tensor * layout.pipeline);
}
