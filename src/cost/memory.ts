/** The memory of weights and sequences, without any work space: what `jambalaya cost memory` prints. */
import { expectAmong, expectContext, expectCount } from './checks.js';
import { countParameters, type ParameterCount, type WeightForm, weightForms, weightsBytes } from './parameters.js';
import type { ModelShape } from './shape.js';
import { defaultContext, type KvDType, kvDTypes, sequenceBytes } from './state.js';

export interface MemoryOptions {
  /** Tokens of each sequence; unless told 4096, or what learned positions allow if that is less. */
  readonly context?: number;
  /** Sequences; 1 unless told. */
  readonly batch?: number;
  readonly weights?: WeightForm;
  readonly kvDType?: KvDType;
}

export interface MemoryPlan {
  readonly context: number;
  readonly batch: number;
  readonly weights: WeightForm;
  readonly kvDType: KvDType;
  readonly parameters: ParameterCount;
  readonly weightsBytes: number;
  /** Of the whole batch. */
  readonly kvCacheBytes: number;
  /** Of the whole batch: SSM states in f32 and convolution states of K columns in 16 bit. */
  readonly stateBytes: number;
  /** The sum of the three. */
  readonly totalBytes: number;
}

/** @throws `usage` on a context or batch that is no whole number from 1, or one longer than learned positions allow */
export function planMemory(
  shape: ModelShape,
  { context = defaultContext(shape), batch = 1, weights = 'bf16', kvDType = 'bf16' }: MemoryOptions = {},
): MemoryPlan {
  expectContext(shape, context);
  expectCount('batch', batch);
  expectAmong('weights', weightForms, weights);
  expectAmong('kvDType', kvDTypes, kvDType);
  const sequence = sequenceBytes(shape, context, { kvDType });
  const bytes = {
    weightsBytes: weightsBytes(shape, weights),
    kvCacheBytes: batch * sequence.kvCacheBytes,
    stateBytes: batch * sequence.stateBytes,
  };
  return {
    context,
    batch,
    weights,
    kvDType,
    parameters: countParameters(shape),
    ...bytes,
    totalBytes: bytes.weightsBytes + bytes.kvCacheBytes + bytes.stateBytes,
  };
}
