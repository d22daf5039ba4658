import { maxConvWidth } from '../../contract/index.js';
import { apply } from '../apply.js';
import { isRecorded } from '../recording.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { checkStates, type SequenceOutput, type SequenceState, segmentsOf, useInitial } from '../sequences.js';
import { expectAtMost, expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { silu } from './silu.js';

export const conv1dRules: OpRules<'conv1d'> = {
  shape: ({ x, weight, bias, ...sequences }, { silu: activated = 0 }) => {
    expectShape('conv1d', 'x', x, [undefined, undefined]);
    const [rows, channels] = x.shape as [number, number];
    expectShape('conv1d', 'weight', weight, [channels, undefined]);
    const width = weight.shape[1]!;
    expectAtMost('conv1d: width', maxConvWidth, width);
    if (bias !== undefined) expectShape('conv1d', 'bias', bias, [channels]);
    const { segments, stateSlots } = checkStates('conv1d', sequences, [width, channels]);
    return {
      outputs: { out: f32([rows, channels]), final: f32([segments, width, channels]) },
      numbers: { rows, segments, channels, width, stateSlots, silu: activated },
    };
  },
  backward: backwardRule<'conv1d'>()(['x', 'weight', 'offsets', 'initial'], (saved, { out, final }, { needs }) => {
    const inputs = { ...saved, dOut: out, dFinal: final };
    const wanted = [
      ...(needs.x ? (['dX'] as const) : []),
      ...(needs.weight ? (['dWeight'] as const) : []),
      ...(needs.bias ? (['dBias'] as const) : []),
      ...(needs.initial ? (['dInitial'] as const) : []),
    ];
    const { dX, dWeight, dBias, dInitial } = apply('conv1dBackward', conv1dBackwardRules, inputs, {}, wanted);
    return { x: dX, weight: dWeight, bias: dBias, initial: dInitial };
  }),
  dtypes: { offsets: indexDType, slots: indexDType },
  undifferentiable: useInitial,
};

export const conv1dBackwardRules: OpRules<'conv1dBackward'> = {
  shape: ({ x, weight, offsets }) => {
    const [rows, channels] = x.shape as [number, number];
    const width = weight.shape[1]!;
    const segments = segmentsOf('conv1dBackward', offsets);
    return {
      outputs: {
        dX: f32(x.shape),
        dWeight: f32(weight.shape),
        dBias: f32([channels]),
        dInitial: f32([segments, width, channels]),
      },
      numbers: { rows, segments, channels, width },
    };
  },
  backward: null,
  dtypes: { offsets: indexDType },
};

/**
 * Causal depthwise convolution of every segment: out[t, c] = bias[c] + sum_k weight[c, k] x[t - (K-1) + k, c], with the rows
 * before a segment's first taken from its state. x is (T, C), weight (C, K), bias (C), a state the last K inputs, oldest
 * first: (K, C). With `activation` out is silu of that: in the same pass over memory, with the same bits, where no gradient is
 * asked for.
 */
export const conv1d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  sequences: SequenceState,
  activation?: 'silu',
): SequenceOutput =>
  scope(() => {
    const { offsets, initial, state, slots, wantFinal } = sequences;
    const inputs = { x, weight, bias, offsets, initial, state, slots };
    const together = activation !== undefined && !isRecorded([x, weight, bias, initial]);
    const wanted = wantFinal ? (['final'] as const) : [];
    const { out, final } = apply('conv1d', conv1dRules, inputs, { silu: together ? 1 : 0 }, wanted);
    return { out: activation === undefined || together ? out : silu(out), ...(final && { final }) };
  });
