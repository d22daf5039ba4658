import { maxStateSize, scanChannelBlock, scanChunk } from '../../contract/index.js';
import { apply } from '../apply.js';
import { isRecorded } from '../recording.js';
import { backwardRule, f32, indexDType, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { checkStates, type SequenceOutput, type SequenceState, segmentsOf, useInitial } from '../sequences.js';
import { expectAtMost, expectShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const selectiveScanRules: OpRules<'selectiveScan'> = {
  shape: ({ u, delta, a, b, c, d, ...sequences }, { softplus: smoothed = 0 }) => {
    expectShape('selectiveScan', 'u', u, [undefined, undefined]);
    const [rows, channels] = u.shape as [number, number];
    expectShape('selectiveScan', 'delta', delta, [rows, channels]);
    expectShape('selectiveScan', 'a', a, [channels, undefined]);
    const stateSize = a.shape[1]!;
    expectAtMost('selectiveScan: state size', maxStateSize, stateSize);
    expectShape('selectiveScan', 'b', b, [rows, stateSize]);
    expectShape('selectiveScan', 'c', c, [rows, stateSize]);
    expectShape('selectiveScan', 'd', d, [channels]);
    const { segments, stateSlots } = checkStates('selectiveScan', sequences, [stateSize, channels]);
    return {
      outputs: {
        out: f32([rows, channels]),
        final: f32([segments, stateSize, channels]),
        steps: f32([rows, channels]),
        checkpoints: f32([Math.ceil(rows / scanChunk) + segments, stateSize, channels]),
      },
      numbers: { rows, segments, channels, stateSize, stateSlots, softplus: smoothed },
    };
  },
  backward: backwardRule<'selectiveScan'>()(
    ['u', 'steps', 'a', 'b', 'c', 'd', 'offsets', 'checkpoints'],
    ({ steps, checkpoints, ...saved }, { out, final }, { needs, numbers: { softplus } }) => {
      const inputs = { ...saved, delta: steps!, checkpoints: checkpoints!, dOut: out, dFinal: final };
      const wanted = needs.initial ? (['dInitial'] as const) : [];
      const made = apply('selectiveScanBackward', selectiveScanBackwardRules, inputs, { softplus }, wanted);
      return { u: made.dU, delta: made.dDelta, a: made.dA, b: made.dB, c: made.dC, d: made.dD, initial: made.dInitial };
    },
  ),
  dtypes: { offsets: indexDType, slots: indexDType },
  undifferentiable: useInitial,
};

export const selectiveScanBackwardRules: OpRules<'selectiveScanBackward'> = {
  shape: ({ u, a, offsets }, { softplus = 0 }) => {
    const [rows, channels] = u.shape as [number, number];
    const stateSize = a.shape[1]!;
    const segments = segmentsOf('selectiveScanBackward', offsets);
    return {
      outputs: {
        dU: f32([rows, channels]),
        dDelta: f32([rows, channels]),
        dA: f32([channels, stateSize]),
        dB: f32([rows, stateSize]),
        dC: f32([rows, stateSize]),
        dD: f32([channels]),
        dInitial: f32([segments, stateSize, channels]),
        partials: f32([Math.ceil(channels / scanChannelBlock), rows, 2 * stateSize]),
      },
      numbers: { rows, segments, channels, stateSize, softplus },
    };
  },
  backward: null,
  dtypes: { offsets: indexDType },
};

/**
 * The selective scan of Mamba over every segment (Gu and Dao 2023, section 3.2):
 *
 *     s_t[n, ch] = exp(delta_t[ch] a[ch, n]) s_{t-1}[n, ch] + delta_t[ch] b_t[n] u_t[ch]
 *     out_t[ch]  = sum_n s_t[n, ch] c_t[n] + d[ch] u_t[ch]
 *
 * u and delta are (T, C), a is (C, N) and negative, b and c are (T, N), d is (C), a state (N, C). With `activation` delta_t is softplus of
 * what is given, in the same pass over memory.
 */
export const selectiveScan = (
  u: Tensor,
  delta: Tensor,
  a: Tensor,
  b: Tensor,
  c: Tensor,
  d: Tensor,
  sequences: SequenceState,
  activation?: 'softplus',
): SequenceOutput =>
  scope(() => {
    const { offsets, initial, state, slots, wantFinal } = sequences;
    const inputs = { u, delta, a, b, c, d, offsets, initial, state, slots };
    const wanted = [
      ...(wantFinal ? (['final'] as const) : []),
      ...(isRecorded([u, delta, a, b, c, d, initial]) ? (['steps', 'checkpoints'] as const) : []),
    ];
    const smoothed = activation === undefined ? 0 : 1;
    const { out, final } = apply('selectiveScan', selectiveScanRules, inputs, { softplus: smoothed }, wanted);
    return { out, ...(final && { final }) };
  });
