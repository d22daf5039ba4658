import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { add, copy, Derived, meanAll, mul, recomputed, scope, silu, sumAll, Tape, Tensor, untaped } from './index.js';

const device = new ReferenceDevice();
const parameter = (...values: number[]) => {
  const tensor = Tensor.from(device, [values.length], values);
  tensor.requiresGrad = true;
  return tensor;
};

/** Two layers of x + silu(w · x)², the second of which reads w as well. */
function taped(how: 'kept' | 'recomputed', x: Tensor, w: Tensor, runs: string[] = []) {
  const layer = (input: Tensor) => {
    const body = ([at]: readonly Tensor[]) => {
      runs.push(how);
      const inner = silu(mul(at!, w));
      return { x: add(at!, mul(inner, inner)), sum: sumAll(inner) };
    };
    return how === 'kept' ? scope(() => body([input])) : recomputed([input], body);
  };
  const tape = new Tape();
  const loss = tape.run(() =>
    scope(() => {
      const first = layer(x);
      const second = layer(first.x);
      return add(meanAll(second.x), add(first.sum, second.sum));
    }),
  );
  return { tape, loss };
}

const read = async (tensors: readonly Tensor[]) =>
  Promise.all(tensors.map(async (tensor) => [...((await tensor.read()) as Float64Array)]));

describe('recomputed', () => {
  it('has the gradients that keeping has, bit for bit, and keeps less', async () => {
    const x = parameter(0.3, -1.2, 2);
    const w = parameter(1, 0.5, -2);
    const results: { kept: number; values: number[][] }[] = [];
    for (const how of ['kept', 'recomputed'] as const) {
      const before = device.memory.bytes;
      const { tape, loss } = taped(how, x, w);
      const kept = device.memory.bytes - before;
      const gradients = tape.gradients(loss, [x, w]);
      const values = await read([loss, ...gradients]);
      for (const tensor of [tape, loss, ...gradients]) tensor.dispose();
      expect(device.memory.bytes).toBe(before);
      results.push({ kept, values });
    }
    expect(results[1]!.values).toEqual(results[0]!.values);
    expect(results[1]!.kept).toBeLessThan(results[0]!.kept);
  });

  it('runs a body once more for its gradients, and only for those', () => {
    const x = parameter(1, 2, 3);
    const w = parameter(1, 1, 1);
    const runs: string[] = [];
    const { tape, loss } = taped('recomputed', x, w, runs);
    expect(runs).toHaveLength(2);
    tape.gradients(loss, [w]);
    expect(runs).toHaveLength(4);
    tape.dispose();
  });

  it('is a constant where nothing in it needs a gradient', () => {
    const x = Tensor.from(device, [2], [1, 2]);
    using tape = new Tape();
    const { y } = tape.run(() => recomputed([x], ([at]) => ({ y: silu(at!) })));
    expect(y.requiresGrad).toBe(false);
  });

  it('gives a gradient to a parameter that the body alone reads', async () => {
    const x = Tensor.from(device, [2], [1, 2]);
    const w = parameter(3, 5);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(recomputed([x], ([at]) => ({ y: mul(at!, w) })).y));
    expect(await read(tape.gradients(loss, [w]))).toEqual([[1, 2]]);
  });

  it('refuses an input that was changed in place since', () => {
    const x = Tensor.from(device, [2], [1, 2]);
    const w = parameter(3, 5);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(recomputed([x], ([at]) => ({ y: mul(at!, w) })).y));
    untaped(() => copy(x, Tensor.from(device, [2], [3, 4])));
    expect(() => tape.gradients(loss, [w])).toThrow(/recomputed as they were/);
  });

  it('refuses a weight that was changed in place since, whether or not it needs a gradient', () => {
    for (const needed of [true, false]) {
      const x = parameter(1, 2);
      const w = parameter(3, 5);
      w.requiresGrad = needed;
      using tape = new Tape();
      const loss = tape.run(() => sumAll(recomputed([x], ([at]) => ({ y: silu(mul(at!, w)) })).y));
      w.write(Float64Array.of(7, 8));
      expect(() => tape.gradients(loss, [x])).toThrow(/recomputed as they were/);
    }
  });

  it('refuses a change of what a value within it is derived from', () => {
    const x = parameter(1, 2);
    const w = Tensor.from(device, [2], [3, 5]);
    const derived = new Derived(
      scope(() => silu(w)),
      w,
      silu,
    );
    using tape = new Tape();
    const loss = tape.run(() => sumAll(recomputed([x], ([at]) => ({ y: silu(mul(at!, derived.get())) })).y));
    w.write(Float64Array.of(7, 8));
    expect(() => tape.gradients(loss, [x])).toThrow(/recomputed as they were/);
  });

  it('refuses one within another', () => {
    const w = parameter(3, 5);
    using tape = new Tape();
    expect(() =>
      tape.run(() => recomputed([w], ([at]) => recomputed([at!], ([inner]) => ({ y: silu(inner!) })))),
    ).toThrow(/recomputes nothing itself/);
  });
});
