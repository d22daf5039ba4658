/** The gradient of attention against central differences, and the softmax itself against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { KernelArguments } from '../operands.js';
import { attention, attentionBackward } from './attention.js';

const lengths = [5, 0, 1, 9];
const rows = 15;
const shape = { rows, segments: lengths.length, heads: 6, kvHeads: 2, headSize: 3 };
const queries = rows * shape.heads * shape.headSize;
const keys = rows * shape.kvHeads * shape.headSize;

/** A fixed sequence without pattern: the fractional parts of multiples of an irrational number. */
const values = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => 4 * (((i + 1) * Math.SQRT2 * (seed + 1.3)) % 1) - 2);

function forward(
  inputs: { q: Float64Array; k: Float64Array; v: Float64Array },
  causal: number,
): KernelArguments<'attention'> {
  const args: KernelArguments<'attention'> = {
    ...inputs,
    keyPages: undefined,
    valuePages: undefined,
    pageTable: undefined,
    offsets: Int32Array.from([0, 5, 5, 6, 15]),
    starts: undefined,
    out: new Float64Array(queries),
    logSumExp: new Float64Array(rows * shape.heads),
    ...shape,
    causal,
    pageTokens: 0,
    maxPages: 0,
    pages: 0,
    bf16Products: 0,
    scale: 0.7,
  };
  attention(args);
  return args;
}

const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

describe.each([0, 1])('attentionBackward, causal %i', (causal) => {
  const inputs = { q: values(queries, 1), k: values(keys, 2), v: values(keys, 3) };
  const dOut = values(queries, 4);
  const gradients = { dQ: new Float64Array(queries), dK: new Float64Array(keys), dV: new Float64Array(keys) };
  const rest = new Float64Array(shape.rows * shape.heads);
  const made = forward(inputs, causal);
  attentionBackward({
    ...inputs,
    offsets: made.offsets,
    out: made.out,
    logSumExp: made.logSumExp,
    dOut,
    ...gradients,
    rest,
    ...shape,
    causal,
    scale: 0.7,
  });

  it.each([
    ['q', 'dQ'],
    ['k', 'dK'],
    ['v', 'dV'],
  ] as const)('the derivative along a direction of %s', (name, gradient) => {
    const direction = values(inputs[name].length, 5);
    const step = 1e-5;
    const loss = (sign: number) =>
      inner(
        forward({ ...inputs, [name]: inputs[name].map((x, i) => x + sign * step * direction[i]!) }, causal).out,
        dOut,
      );
    const numeric = (loss(1) - loss(-1)) / (2 * step);
    const analytic = inner(gradients[gradient], direction);
    expect(Math.abs(numeric - analytic) / Math.max(1, Math.abs(numeric))).toBeLessThan(1e-6);
  });
});

describe('attention', () => {
  it('weighs the visible keys of the segment by the softmax of their scores', () => {
    const one = {
      rows: 2,
      segments: 1,
      heads: 1,
      kvHeads: 1,
      headSize: 1,
      pageTokens: 0,
      maxPages: 0,
      pages: 0,
      bf16Products: 0,
      scale: 2,
    };
    const out = new Float64Array(2);
    const logSumExp = new Float64Array(2);
    attention({
      q: Float64Array.of(1, 1),
      k: Float64Array.of(0, Math.log(3) / 2),
      v: Float64Array.of(10, 20),
      keyPages: undefined,
      valuePages: undefined,
      pageTable: undefined,
      offsets: Int32Array.of(0, 2),
      starts: undefined,
      out,
      logSumExp,
      ...one,
      causal: 1,
    });
    // The second row's scores are 0 and log 3: weights 1/4 and 3/4.
    expect([...out]).toEqual([10, expect.closeTo(17.5, 12)]);
    expect([...logSumExp]).toEqual([0, expect.closeTo(Math.log(4), 12)]);
  });

  it('with bf16Products, rounds scaled queries and weights to bf16, each weight beside the largest score so far', () => {
    const pages = Float64Array.from({ length: 128 }, (_, j) => (j === 64 ? 2 : j === 1 ? 0.375 : 0));
    const valuePages = Float64Array.from({ length: 128 }, (_, j) => (j === 1 ? 1 : 0));
    const out = new Float64Array(1);
    const logSumExp = new Float64Array(1);
    const args = {
      q: Float64Array.of(1 + 2 ** -9),
      k: undefined,
      v: undefined,
      keyPages: pages,
      valuePages,
      pageTable: Int32Array.of(0),
      offsets: Int32Array.of(0, 1),
      starts: Int32Array.of(64),
      out,
      logSumExp,
      rows: 1,
      segments: 1,
      heads: 1,
      kvHeads: 1,
      headSize: 1,
      causal: 1,
      pageTokens: 128,
      maxPages: 1,
      pages: 1,
      scale: 1,
    };
    attention({ ...args, bf16Products: 1 });
    // The query becomes 1. The first block's largest score is 0.375, so that the weight of its key 1 is 1, rescaled by e^-1.625.
    const sum = (63 * Math.exp(-0.375) + 1) * Math.exp(-1.625) + 1;
    expect(logSumExp[0]).toBeCloseTo(2 + Math.log(sum), 12);
    expect(out[0]).toBeCloseTo(Math.exp(-1.625) / sum, 12);
    attention({ ...args, bf16Products: 0 });
    expect(logSumExp[0]).not.toBeCloseTo(2 + Math.log(sum), 4);
  });

  it('keeps segments apart', () => {
    const inputs = { q: values(queries, 1), k: values(keys, 2), v: values(keys, 3) };
    const before = forward(inputs, 0).out.slice();
    const changed = inputs.v.map((x, i) => (i < 6 * shape.kvHeads * shape.headSize ? x + 1 : x));
    const after = forward({ ...inputs, v: changed }, 0).out;
    const edge = 6 * shape.heads * shape.headSize;
    expect(after.subarray(edge)).toEqual(before.subarray(edge));
    expect(after.subarray(0, edge)).not.toEqual(before.subarray(0, edge));
  });
});
