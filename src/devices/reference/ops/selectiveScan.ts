import { scanChunk } from '../../../contract/index.js';
import type { Kernel } from '../operands.js';
import { checkOffsets, statesBefore } from '../segments.js';
import { softplusOf } from './softplus.js';

export const selectiveScan: Kernel<'selectiveScan'> = (args) => {
  const { u, delta, a, b, c, d, offsets, state, slots, out, final, steps, checkpoints } = args;
  const { rows, segments, channels, stateSize: N } = args;
  const stepOf = (value: number) => (args.softplus === 0 ? value : softplusOf(value));
  checkOffsets('selectiveScan', offsets, segments, rows);
  const states = statesBefore('selectiveScan', args, N * channels);
  states.forEach((s, segment) => {
    const first = offsets[segment]!;
    for (let t = first; t < offsets[segment + 1]!; t++) {
      if ((t - first) % scanChunk === 0) checkpoints?.set(s, checkpointOf(first, segment, t) * N * channels);
      for (let ch = 0; ch < channels; ch++) {
        const step = stepOf(delta[t * channels + ch]!);
        if (steps !== undefined) steps[t * channels + ch] = step;
        const input = u[t * channels + ch]!;
        let sum = d[ch]! * input;
        for (let n = 0; n < N; n++) {
          const at = n * channels + ch;
          s[at] = Math.exp(step * a[ch * N + n]!) * s[at]! + step * b[t * N + n]! * input;
          sum += s[at]! * c[t * N + n]!;
        }
        out[t * channels + ch] = sum;
      }
    }
    state?.set(s, slots![segment]! * N * channels);
    final?.set(s, segment * N * channels);
  });
};

/** The block of `checkpoints` that holds the state before step t of a segment that begins at `first`. */
const checkpointOf = (first: number, segment: number, t: number) =>
  Math.floor(first / scanChunk) + segment + Math.floor((t - first) / scanChunk);

/** The adjoint recurrence of one channel over its states, which are made again from those that the forward pass kept. */
export const selectiveScanBackward: Kernel<'selectiveScanBackward'> = (args) => {
  const { u, delta, a, b, c, d, offsets, checkpoints, dOut, dFinal, softplus } = args;
  const { dU, dDelta, dA, dB, dC, dD, dInitial, rows, segments, channels, stateSize: N } = args;
  checkOffsets('selectiveScanBackward', offsets, segments, rows);
  dA.fill(0, 0, channels * N);
  dB.fill(0, 0, rows * N);
  dC.fill(0, 0, rows * N);
  dD.fill(0, 0, channels);
  for (let segment = 0; segment < segments; segment++) {
    const first = offsets[segment]!;
    const end = offsets[segment + 1]!;
    for (let ch = 0; ch < channels; ch++) {
      const place = (n: number) => (segment * N + n) * channels + ch;
      /** The states before and after each step. */
      const before: number[][] = [];
      const after: number[][] = [];
      for (let t = first; t < end; t++) {
        const kept = checkpointOf(first, segment, t) * N * channels + ch;
        const isKept = (t - first) % scanChunk === 0;
        const state = isKept ? Array.from({ length: N }, (_, n) => checkpoints[kept + n * channels]!) : after.at(-1)!;
        const step = delta[t * channels + ch]!;
        const input = step * u[t * channels + ch]!;
        before.push(state);
        after.push(state.map((s, n) => Math.exp(step * a[ch * N + n]!) * s + b[t * N + n]! * input));
      }
      /** The gradient of the state after the step at hand. */
      const gradient = Array.from({ length: N }, (_, n) => dFinal?.[place(n)] ?? 0);
      for (let t = end - 1; t >= first; t--) {
        const at = t * channels + ch;
        const grad = dOut?.[at] ?? 0;
        let ofU = d[ch]! * grad;
        let ofDelta = 0;
        for (let n = 0; n < N; n++) {
          const was = before[t - first]![n]!;
          const rate = a[ch * N + n]!;
          const decay = Math.exp(delta[at]! * rate);
          gradient[n]! += grad * c[t * N + n]!;
          const g = gradient[n]!;
          dC[t * N + n]! += grad * after[t - first]![n]!;
          dB[t * N + n]! += g * delta[at]! * u[at]!;
          dA[ch * N + n]! += g * decay * delta[at]! * was;
          ofU += g * delta[at]! * b[t * N + n]!;
          ofDelta += g * (decay * rate * was + b[t * N + n]! * u[at]!);
          gradient[n] = g * decay;
        }
        dU[at] = ofU;
        // softplus' = 1 - exp(-softplus).
        dDelta[at] = softplus === 0 ? ofDelta : ofDelta * -Math.expm1(-delta[at]!);
        dD[ch]! += grad * u[at]!;
      }
      if (dInitial !== undefined) for (let n = 0; n < N; n++) dInitial[place(n)] = gradient[n]!;
    }
  }
};
