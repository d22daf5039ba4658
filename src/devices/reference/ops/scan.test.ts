/** The backward kernels of sequences and experts against central differences of the forward kernels, in float64. */
import { describe, expect, it } from 'vitest';
import { scanChunk } from '../../../contract/index.js';
import type { KernelArguments } from '../operands.js';
import { conv1d, conv1dBackward } from './conv1d.js';
import { groupedMatmul, groupedWeightGrad } from './groupedMatmul.js';
import { moeCombine, moeCombineBackward } from './moeCombine.js';
import { selectiveScan, selectiveScanBackward } from './selectiveScan.js';

type Named = Readonly<Record<string, Float64Array>>;

/** Fixed values in [-1, 1] without a pattern that a kernel could hide behind. */
const noise = (count: number, seed: number, scale = 1) =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(seed * 7.31 + i * i * 0.37 + i * 12.9898));

function dot(left: Named, right: Named): number {
  let sum = 0;
  for (const [name, values] of Object.entries(left)) {
    for (let i = 0; i < values.length; i++) sum += values[i]! * right[name]![i]!;
  }
  return sum;
}

/**
 * For each input, in one fixed direction v: (L(x + h v) - L(x - h v)) / 2h must be the gradient times v, where L weighs all
 * outputs of `forward` by fixed factors and `backward` gives the gradients for these factors.
 */
function checkGradients(inputs: Named, forward: (inputs: Named) => Named, backward: (factors: Named) => Named): void {
  const factors = Object.fromEntries(
    Object.entries(forward(inputs)).map(([name, { length }], i) => [name, noise(length, 50 + i)]),
  );
  const gradients = backward(factors);
  expect(Object.keys(gradients).sort()).toEqual(Object.keys(inputs).sort());
  const h = 1e-5;
  for (const [name, values] of Object.entries(inputs)) {
    const direction = noise(values.length, 90);
    const loss = (step: number) =>
      dot(forward({ ...inputs, [name]: values.map((value, i) => value + step * direction[i]!) }), factors);
    const expected = (loss(h) - loss(-h)) / (2 * h);
    const actual = dot({ [name]: gradients[name]! }, { [name]: direction });
    expect(Math.abs(actual - expected), `${name}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
      1e-6 * Math.abs(expected),
    );
    expect(Math.abs(expected), `${name} has no influence`).toBeGreaterThan(1e-3);
  }
}

// Empty, shorter and longer than the convolution, and long ones.
const offsets = Int32Array.of(0, 3, 3, 4, 15, 15);
const segments = offsets.length - 1;
const rows = offsets[segments]!;
const channels = 3;
const all = { offsets, rows, segments, channels };

describe('gradients of the reference kernels', () => {
  it('conv1d: x, weight, bias and initial, through the output and the final state', () => {
    const width = 4;
    const inputs = {
      x: noise(rows * channels, 1),
      weight: noise(channels * width, 2),
      bias: noise(channels, 3),
      initial: noise(segments * width * channels, 4),
    };
    const forward = (named: Named) => {
      const out = new Float64Array(rows * channels);
      const final = new Float64Array(segments * width * channels);
      conv1d({ ...all, ...named, width, stateSlots: 0, silu: 0, out, final } as unknown as KernelArguments<'conv1d'>);
      return { out, final };
    };
    checkGradients(inputs, forward, ({ out: dOut, final: dFinal }) => {
      const made = {
        dX: new Float64Array(inputs.x.length),
        dWeight: new Float64Array(inputs.weight.length),
        dBias: new Float64Array(channels),
        dInitial: new Float64Array(inputs.initial.length),
      };
      conv1dBackward({
        ...all,
        ...inputs,
        ...made,
        width,
        dOut,
        dFinal,
      } as unknown as KernelArguments<'conv1dBackward'>);
      return { x: made.dX, weight: made.dWeight, bias: made.dBias, initial: made.dInitial };
    });
  });

  it('selectiveScan: every operand, through the output and the final state', () => {
    const stateSize = 5;
    const states = segments * stateSize * channels;
    const checkpoints = new Float64Array((Math.ceil(rows / scanChunk) + segments) * stateSize * channels);
    const inputs = {
      u: noise(rows * channels, 1),
      delta: noise(rows * channels, 2, 0.2).map((value) => value + 0.3),
      a: noise(channels * stateSize, 3).map((value) => value - 1.5),
      b: noise(rows * stateSize, 4),
      c: noise(rows * stateSize, 5),
      d: noise(channels, 6),
      initial: noise(states, 7),
    };
    const forward = (named: Named) => {
      const out = new Float64Array(rows * channels);
      const final = new Float64Array(states);
      selectiveScan({
        ...all,
        ...named,
        stateSize,
        stateSlots: 0,
        softplus: 0,
        out,
        final,
        checkpoints,
      } as unknown as KernelArguments<'selectiveScan'>);
      return { out, final };
    };
    checkGradients(inputs, forward, ({ out: dOut, final: dFinal }) => {
      const made = Object.fromEntries(
        Object.entries(inputs).map(([name, { length }]) => [
          `d${name[0]!.toUpperCase()}${name.slice(1)}`,
          new Float64Array(length),
        ]),
      );
      forward(inputs);
      const args = { ...all, ...inputs, ...made, stateSize, softplus: 0, checkpoints, dOut, dFinal };
      selectiveScanBackward(args as unknown as KernelArguments<'selectiveScanBackward'>);
      return Object.fromEntries(
        Object.keys(inputs).map((name) => [name, made[`d${name[0]!.toUpperCase()}${name.slice(1)}`]!]),
      );
    });
  });

  it('moeCombine: y and weights', () => {
    const sizes = { rows: 3, k: 2, columns: 4, position: Int32Array.of(4, 0, 5, 2, 1, 3) };
    const inputs = { y: noise(24, 1), weights: noise(6, 2) };
    const forward = (named: Named) => {
      const out = new Float64Array(12);
      moeCombine({ ...sizes, ...named, out } as unknown as KernelArguments<'moeCombine'>);
      return { out };
    };
    checkGradients(inputs, forward, ({ out: dOut }) => {
      const [dY, dWeights] = [new Float64Array(24), new Float64Array(6)];
      moeCombineBackward({
        ...sizes,
        ...inputs,
        dOut,
        dY,
        dWeights,
      } as unknown as KernelArguments<'moeCombineBackward'>);
      return { y: dY, weights: dWeights };
    });
  });

  it('groupedMatmul: its matrices by groupedWeightGrad, its rows by the product with the matrices not transposed', () => {
    const [inner, columns] = [3, 2];
    const sizes = { offsets: Int32Array.of(0, 2, 2, 5), rows: 5, experts: 3 };
    const size = inner * columns;
    const inputs = { a: noise(5 * inner, 1), b: noise(2 * size, 2) };
    // The expert without rows, number 1, has a matrix of its own that nothing depends on.
    const lists = (b: Float64Array) => [b.subarray(0, size), noise(size, 9), b.subarray(size)];
    const product = (a: Float64Array, b: Float64Array, mode: number, from: number, to: number) => {
      const out = new Float64Array(5 * to);
      groupedMatmul({
        ...sizes,
        a,
        b: lists(b),
        inner: from,
        columns: to,
        mode,
        out,
      } as unknown as KernelArguments<'groupedMatmul'>);
      return out;
    };
    checkGradients(
      inputs,
      ({ a, b }) => ({ out: product(a!, b!, 0, inner, columns) }),
      ({ out: dOut }) => {
        const [b, untouched] = [new Float64Array(2 * size), noise(size, 8)];
        const out = [b.subarray(0, size), untouched, b.subarray(size)];
        groupedWeightGrad({
          ...sizes,
          a: inputs.a,
          dOut,
          out,
          inner,
          columns,
        } as unknown as KernelArguments<'groupedWeightGrad'>);
        expect(untouched).toEqual(new Float64Array(size));
        return { a: product(dOut!, inputs.b, 1, columns, inner), b };
      },
    );
  });
});
