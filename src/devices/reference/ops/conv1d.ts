import type { Kernel } from '../operands.js';
import { checkOffsets, statesBefore } from '../segments.js';
import { siluOf } from './silu.js';

export const conv1d: Kernel<'conv1d'> = (args) => {
  const { x, weight, bias, offsets, state, slots, out, final, rows, segments, channels, width } = args;
  checkOffsets('conv1d', offsets, segments, rows);
  const before = statesBefore('conv1d', args, width * channels);
  for (let s = 0; s < segments; s++) {
    const first = offsets[s]!;
    const length = offsets[s + 1]! - first;
    /** The sequence's input at a position of this segment; -width..-1 are the inputs before it. */
    const input = (position: number, c: number) =>
      position < 0 ? before[s]![(width + position) * channels + c]! : x[(first + position) * channels + c]!;
    for (let c = 0; c < channels; c++) {
      for (let t = 0; t < length; t++) {
        let sum = bias?.[c] ?? 0;
        for (let j = 0; j < width; j++) sum += weight[c * width + j]! * input(t - (width - 1) + j, c);
        out[(first + t) * channels + c] = args.silu === 0 ? sum : siluOf(sum);
      }
      for (let j = 0; j < width; j++) {
        const last = input(length - width + j, c);
        if (state !== undefined) state[(slots![s]! * width + j) * channels + c] = last;
        if (final !== undefined) final[(s * width + j) * channels + c] = last;
      }
    }
  }
};

export const conv1dBackward: Kernel<'conv1dBackward'> = (args) => {
  const { x, weight, offsets, initial, dOut, dFinal, dX, dWeight, dBias, dInitial } = args;
  const { rows, segments, channels, width } = args;
  checkOffsets('conv1dBackward', offsets, segments, rows);
  dWeight?.fill(0, 0, channels * width);
  dBias?.fill(0, 0, channels);
  for (let s = 0; s < segments; s++) {
    const first = offsets[s]!;
    const length = offsets[s + 1]! - first;
    for (let c = 0; c < channels; c++) {
      // Inputs and their gradients at positions -width..length-1, so an index is position + width.
      const input = Array.from({ length: width + length }, (_, i) =>
        i < width ? (initial?.[(s * width + i) * channels + c] ?? 0) : x[(first + i - width) * channels + c]!,
      );
      const dInput = input.map((_, i) => (i >= length ? (dFinal?.[(s * width + i - length) * channels + c] ?? 0) : 0));
      for (let t = 0; t < length; t++) {
        const grad = dOut?.[(first + t) * channels + c] ?? 0;
        if (dBias !== undefined) dBias[c]! += grad;
        for (let j = 0; j < width; j++) {
          dInput[t + 1 + j]! += weight[c * width + j]! * grad;
          if (dWeight !== undefined) dWeight[c * width + j]! += grad * input[t + 1 + j]!;
        }
      }
      dInput.forEach((grad, i) => {
        if (i >= width) {
          if (dX !== undefined) dX[(first + i - width) * channels + c] = grad;
        } else if (dInitial !== undefined) dInitial[(s * width + i) * channels + c] = grad;
      });
    }
  }
};
