import type { Kernel } from '../operands.js';
import { checkOffsets, statesBefore } from '../segments.js';
import { softplusOf } from './softplus.js';

export const selectiveScan: Kernel<'selectiveScan'> = (args) => {
  const { u, delta, a, b, c, d, offsets, state, slots, out, final, rows, segments, channels, stateSize: N } = args;
  const stepOf = (value: number) => (args.softplus === 0 ? value : softplusOf(value));
  checkOffsets('selectiveScan', offsets, segments, rows);
  const states = statesBefore('selectiveScan', args, N * channels);
  states.forEach((s, segment) => {
    for (let t = offsets[segment]!; t < offsets[segment + 1]!; t++) {
      for (let ch = 0; ch < channels; ch++) {
        const step = stepOf(delta[t * channels + ch]!);
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

/** The adjoint recurrence of one channel over the states that a forward pass stored. */
export const selectiveScanBackward: Kernel<'selectiveScanBackward'> = (args) => {
  const { u, delta, a, b, c, d, offsets, initial, dOut, dFinal } = args;
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
      /** states[i] is the state before step first + i. */
      const states = [Array.from({ length: N }, (_, n) => initial?.[place(n)] ?? 0)];
      for (let t = first; t < end; t++) {
        const step = delta[t * channels + ch]!;
        states.push(
          states[t - first]!.map(
            (s, n) => Math.exp(step * a[ch * N + n]!) * s + step * b[t * N + n]! * u[t * channels + ch]!,
          ),
        );
      }
      /** The gradient of the state after the step at hand. */
      const gradient = Array.from({ length: N }, (_, n) => dFinal?.[place(n)] ?? 0);
      for (let t = end - 1; t >= first; t--) {
        const at = t * channels + ch;
        const grad = dOut?.[at] ?? 0;
        let ofU = d[ch]! * grad;
        let ofDelta = 0;
        for (let n = 0; n < N; n++) {
          const before = states[t - first]![n]!;
          const after = states[t - first + 1]![n]!;
          const rate = a[ch * N + n]!;
          const decay = Math.exp(delta[at]! * rate);
          gradient[n]! += grad * c[t * N + n]!;
          const g = gradient[n]!;
          dC[t * N + n]! += grad * after;
          dB[t * N + n]! += g * delta[at]! * u[at]!;
          dA[ch * N + n]! += g * decay * delta[at]! * before;
          ofU += g * delta[at]! * b[t * N + n]!;
          ofDelta += g * (decay * rate * before + b[t * N + n]! * u[at]!);
          gradient[n] = g * decay;
        }
        dU[at] = ofU;
        dDelta[at] = ofDelta;
        dD[ch]! += grad * u[at]!;
      }
      if (dInitial !== undefined) for (let n = 0; n < N; n++) dInitial[place(n)] = gradient[n]!;
    }
  }
};
