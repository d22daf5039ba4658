import { describe, expect, it } from 'vitest';
import { decodeCommands } from '../contract/index.js';
import { ReferenceDevice } from '../devices/index.js';
import { isJambalayaError } from '../errors/index.js';
import {
  accumulate,
  add,
  appendKeyValue,
  attention,
  cast,
  conv1d,
  copy,
  exp,
  gatherRows,
  groupedMatmul,
  matmul,
  mul,
  pagedAttention,
  quantizeRows,
  recomputed,
  scale,
  scope,
  silu,
  sum,
  sumAll,
  Tape,
  Tensor,
  unscoped,
  untaped,
  zeros,
} from './index.js';

const element = 8;
const values = async (tensor: Tensor) => Array.from(await tensor.read());

function parameter(device: ReferenceDevice, shape: readonly number[], data: readonly number[]): Tensor {
  const tensor = Tensor.from(device, shape, data);
  tensor.requiresGrad = true;
  return tensor;
}

/** Bytes beyond those held before that `body` has at one time. */
function peakOf(device: ReferenceDevice, body: () => unknown): number {
  const held = device.memory.bytes;
  let peak = 0;
  const { allocate } = device;
  device.allocate = (dtype, length) => {
    const handle = allocate.call(device, dtype, length);
    peak = Math.max(peak, device.memory.bytes - held);
    return handle;
  };
  body();
  return peak;
}

function refusal(body: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    body();
  } catch (error) {
    if (isJambalayaError(error)) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  return { code: 'nothing', message: '', hint: undefined };
}

describe('Tape', () => {
  const device = new ReferenceDevice();

  it('sums the gradients of every use of a parameter and of its views', async () => {
    const w = parameter(device, [2, 2], [1, 2, 3, 4]);
    using tape = new Tape();
    const loss = tape.run(() => {
      const row = sumAll(mul(w.at(0), w.at(1))); // 1·3 + 2·4
      return add(row, sumAll(scale(w.reshape([4]), 10)));
    });
    expect(await values(loss)).toEqual([111]);
    expect(await values(tape.gradients(loss, [w])[0]!)).toEqual([13, 14, 11, 12]);
    const [second, first] = tape.gradients(loss, [w.at(1), w.at(0)]);
    expect(await values(first!)).toEqual([13, 14]);
    expect(await values(second!)).toEqual([11, 12]);
  });

  it('tells a parameter that the loss does not depend on from one with a gradient of zero', async () => {
    const [used, unused] = [parameter(device, [2], [1, 2]), parameter(device, [3], [1, 2, 3])];
    using tape = new Tape();
    const loss = tape.run(() => {
      silu(unused);
      return sumAll(used);
    });
    expect(() => tape.gradients(loss, [used, unused])).toThrow(/no recorded op on the way to it read: number 1, \(3\)/);
    const [zeros] = tape.gradients(loss, [unused], { unconnected: 'zeros' });
    expect(await values(zeros!)).toEqual([0, 0, 0]);
    using another = new Tape();
    const flat = another.run(() => sumAll(mul(used, Tensor.from(device, [2], [0, 0]))));
    expect(await values(another.gradients(flat, [used])[0]!)).toEqual([0, 0]);
  });

  it('refuses a parameter that was a constant when it was read', () => {
    const [w, x] = [Tensor.from(device, [2], [1, 2]), parameter(device, [2], [3, 4])];
    for (const product of [() => mul(w, x), () => recomputed([x], ([at]) => mul(w, at!)), () => add(mul(w, w), x)]) {
      w.requiresGrad = false;
      using tape = new Tape();
      const loss = tape.run(() => sumAll(product()));
      w.requiresGrad = true;
      expect(() => tape.gradients(loss, [w, x])).toThrow(/required a gradient when they were read/);
    }
  });

  it('refuses what another tape computed', async () => {
    const w = parameter(device, [2], [1, 2]);
    const [first, second] = [new Tape(), new Tape()];
    const y = first.run(() => mul(w, w));
    expect(() => second.run(() => mul(y, w))).toThrow(/mul: a: expected a tensor that was computed under this tape/);
    expect(() => second.run(() => recomputed([y], ([at]) => mul(at!, w)))).toThrow(/one of another tape/);
    const loss = first.run(() => sumAll(y));
    expect(() => second.gradients(loss, [w])).toThrow(/one of another tape/);
    first.dispose();
    // Now it is a constant.
    const rest = second.run(() => sumAll(mul(y, w)));
    expect(await values(second.gradients(rest, [w])[0]!)).toEqual([1, 4]);
    second.dispose();
  });

  it('keeps to what needed a gradient when an op ran', async () => {
    const [w, x] = [parameter(device, [2], [1, 2]), parameter(device, [2], [3, 4])];
    using tape = new Tape();
    const [middle, loss] = tape.run(() => {
      const middle = mul(w, x);
      return [middle, sumAll(mul(middle, middle))];
    }) as [Tensor, Tensor];
    middle.requiresGrad = false;
    expect(await values(tape.gradients(loss, [x])[0]!)).toEqual([6, 32]);
  });

  it('gives gradients of what was computed on the way', async () => {
    const x = parameter(device, [2], [1, 2]);
    using tape = new Tape();
    const [middle, loss] = tape.run(() => {
      const middle = scale(x, 3);
      return [middle, sumAll(mul(middle, middle))];
    }) as [Tensor, Tensor];
    const [dMiddle, dX] = tape.gradients(loss, [middle, x]);
    expect(await values(dMiddle!)).toEqual([6, 12]);
    expect(await values(dX!)).toEqual([18, 36]);
  });

  it('gives every gradient memory of its own', async () => {
    const [a, b] = [parameter(device, [2], [1, 2]), parameter(device, [2], [3, 4])];
    using tape = new Tape();
    const loss = tape.run(() => sumAll(add(a, b)));
    const [dA, dB] = tape.gradients(loss, [a, b]);
    accumulate(dA!, dB!);
    expect(await values(dA!)).toEqual([2, 2]);
    expect(await values(dB!)).toEqual([1, 1]);
  });

  it('does not mix up gradients that a rule handed to several inputs', async () => {
    const h = parameter(device, [1], [1]);
    using tape = new Tape();
    const loss = tape.run(() => {
      const twice = scale(h, 2);
      const thrice = scale(h, 3);
      return sumAll(add(add(h, twice), thrice)); // h, twice and thrice get one tensor; h has its sum before twice is read
    });
    expect(await values(tape.gradients(loss, [h])[0]!)).toEqual([6]);
  });

  it('can be asked twice, and records more than one run', async () => {
    const x = parameter(device, [2], [1, 2]);
    using tape = new Tape();
    const y = tape.run(() => mul(x, x));
    const loss = tape.run(() => sumAll(y));
    expect(await values(tape.gradients(loss, [x])[0]!)).toEqual([2, 4]);
    expect(await values(tape.gradients(loss, [x])[0]!)).toEqual([2, 4]);
  });

  it('treats what was computed untaped as constant', async () => {
    const x = parameter(device, [2], [1, 2]);
    using tape = new Tape();
    const loss = tape.run(() =>
      sumAll(
        mul(
          x,
          untaped(() => exp(x)),
        ),
      ),
    );
    expect(await values(tape.gradients(loss, [x])[0]!)).toEqual([Math.exp(1), Math.exp(2)]);
  });

  it('passes gradients straight through a narrower float', async () => {
    const x = parameter(device, [2], [1.001, -2.002]);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(scale(cast(cast(x, 'bf16'), 'f32'), 3)));
    expect(await values(tape.gradients(loss, [x])[0]!)).toEqual([3, 3]);
  });

  it('gives f32 gradients of a bf16 parameter', async () => {
    const w = Tensor.from(device, [1, 2], Uint16Array.of(0x3f80, 0x4000), 'bf16'); // 1 and 2
    w.requiresGrad = true;
    using tape = new Tape();
    const loss = tape.run(() => sumAll(matmul(Tensor.from(device, [1, 2], [5, 7]), w)));
    const [dW] = tape.gradients(loss, [w]);
    expect(dW!.dtype).toBe('f32');
    expect(await values(dW!)).toEqual([5, 7]);
  });
});

describe('memory', () => {
  it('is all given back by dispose and scopes', () => {
    const device = new ReferenceDevice();
    const w = parameter(device, [4, 4], Array(16).fill(0.5));
    const held = device.memory.bytes;
    scope(() => {
      using tape = new Tape();
      const loss = tape.run(() => sumAll(silu(matmul(w, w))));
      tape.gradients(loss, [w]);
      expect(device.memory.bytes).toBeGreaterThan(held);
    });
    expect(device.memory.bytes).toBe(held);
  });

  it('outlives the scope of the forward pass where a rule needs it, and no more', async () => {
    const device = new ReferenceDevice();
    const x = parameter(device, [100], Array(100).fill(1));
    const tape = new Tape();
    const held = device.memory.bytes;
    // The chain keeps the results of exp (its rule needs them), not those of scale and sum.
    using loss = tape.run(() => scope(() => sumAll(scale(exp(scale(x, 2)), 3))));
    expect(device.memory.bytes).toBe(held + 100 * element + element);
    using gradient = scope(() => tape.gradients(loss, [x])[0]!);
    expect((await values(gradient))[0]).toBeCloseTo(6 * Math.exp(2), 10);
    tape.dispose();
    expect(device.memory.bytes).toBe(held + 100 * element + element);
  });

  it('keeps no activation for the sake of a frozen weight', () => {
    const device = new ReferenceDevice();
    const x = parameter(device, [1, 100], Array(100).fill(1));
    const frozen = zeros(device, [100, 100]);
    using tape = new Tape();
    const held = device.memory.bytes;
    using loss = tape.run(() => scope(() => sumAll(matmul(matmul(x, frozen), frozen))));
    expect(loss.size).toBe(1);
    expect(device.memory.bytes).toBe(held + element);
  });

  it('of a long chain walks back with a few gradients at a time', () => {
    const device = new ReferenceDevice();
    const [count, steps] = [1000, 50];
    const x = parameter(device, [count], Array(count).fill(0.1));
    using tape = new Tape();
    const loss = tape.run(() =>
      scope(() => {
        let h = scale(x, 1);
        for (let i = 0; i < steps; i++) h = add(h, scale(h, 0.01)); // a residual: two gradients meet at every step
        return sumAll(h);
      }),
    );
    const peak = peakOf(device, () => tape.gradients(loss, [x]));
    expect(peak).toBeLessThanOrEqual(4 * count * element);
  });

  it('takes the gradients of a stacked parameter as they come, without adding them to zeros', async () => {
    const device = new ReferenceDevice();
    const stacked = parameter(device, [3, 2, 2], Array(12).fill(0.5));
    const rest = parameter(device, [2, 2], Array(4).fill(0.5));
    const a = Tensor.from(device, [3, 2], [1, 2, 3, 4, 5, 6]);
    const offsets = Tensor.from(device, [5], Int32Array.of(0, 1, 1, 2, 3));
    using tape = new Tape();
    const loss = tape.run(() => sumAll(groupedMatmul(a, [0, 1, 2].map((e) => stacked.at(e)).concat(rest), offsets)));
    const ran: string[] = [];
    const { submit } = device;
    device.submit = (words) => {
      ran.push(...decodeCommands(words).map(({ name }) => name));
      submit.call(device, words);
    };
    const [dStacked, dRest] = tape.gradients(loss, [stacked, rest]);
    expect(ran).toEqual(['fill', 'expand', 'groupedWeightGrad', 'copy', 'copy']); // copies: both lie in one buffer
    expect(await values(dStacked!)).toEqual([1, 2, 1, 2, 0, 0, 0, 0, 3, 4, 3, 4]);
    expect(await values(dRest!)).toEqual([5, 6, 5, 6]);
  });

  it('holds no gradients of what is frozen, even where a rule makes them', () => {
    const device = new ReferenceDevice();
    const size = 500;
    const x = parameter(device, [1, 1, size], Array(size).fill(0.1));
    const offsets = Tensor.from(device, [2], Int32Array.of(0, 1));
    using tape = new Tape();
    const loss = tape.run(() => {
      let h = x;
      for (let i = 0; i < 10; i++) h = attention(h, zeros(device, [1, 1, size]), x, { offsets, causal: true });
      return sumAll(h);
    });
    const peak = peakOf(device, () => tape.gradients(loss, [x]));
    // The rule's three gradients, those of its result and of x, one of which is being copied.
    expect(peak).toBeLessThanOrEqual(7 * size * element);
  });

  it('is given back when a rule or the device fails on the way', () => {
    const device = new ReferenceDevice();
    const w = parameter(device, [2, 2], [1, 2, 3, 4]);
    const held = device.memory.bytes;
    const { submit } = device;
    scope(() => {
      using tape = new Tape();
      const loss = tape.run(() => sumAll(matmul(silu(w), w)));
      let left = 4;
      device.submit = (words) => {
        if (left-- === 0) throw new Error('refused');
        submit.call(device, words);
      };
      expect(() => tape.gradients(loss, [w])).toThrow('refused');
    });
    expect(device.memory.bytes).toBe(held);
  });
});

describe('what the tape refuses', () => {
  const device = new ReferenceDevice();
  const offsets = Tensor.from(device, [2], Int32Array.of(0, 2));

  it('an op without a gradient on a tensor that needs one, before it runs', async () => {
    const w = parameter(device, [2, 2], [1, 2, 3, 4]);
    using tape = new Tape();
    const held = device.memory.bytes;
    const { code, message, hint } = refusal(() => tape.run(() => quantizeRows(w)));
    expect({ code, message }).toEqual({
      code: 'usage',
      message: 'quantizeRows: x: expected no tensor that needs a gradient, got one, in an op without a gradient',
    });
    expect(hint).toContain('untaped');
    expect(device.memory.bytes).toBe(held);
    expect(tape.run(() => untaped(() => quantizeRows(w))).values.shape).toEqual([2, 2]);
  });

  it('changes in place with or of a tensor that needs a gradient, and makes none of them', async () => {
    const w = parameter(device, [2], [1, 2]);
    const buffer = zeros(device, [2]);
    using tape = new Tape();
    for (const change of [() => accumulate(buffer, w), () => copy(buffer, w), () => copy(w, buffer)]) {
      expect(refusal(() => tape.run(change)).code).toBe('usage');
    }
    expect(await values(buffer)).toEqual([0, 0]);
    expect(await values(w)).toEqual([1, 2]);
    tape.run(() => accumulate(buffer, buffer));
  });

  it('states in place, and says to pass `initial`', async () => {
    const x = parameter(device, [2, 1], [1, 2]);
    const weight = Tensor.from(device, [1, 2], [1, 1]);
    const state = zeros(device, [3, 2, 1]);
    const slots = Tensor.from(device, [1], Int32Array.of(1));
    using tape = new Tape();
    const { code, hint } = refusal(() => tape.run(() => conv1d(x, weight, undefined, { offsets, state, slots })));
    expect(code).toBe('usage');
    expect(hint).toContain('`initial`');
    expect(await values(state)).toEqual([0, 0, 0, 0, 0, 0]);
    conv1d(x, weight, undefined, { offsets, state, slots });
    expect(await values(state)).toEqual([0, 0, 1, 2, 0, 0]);
  });

  it('paged attention, and says to call `attention`', () => {
    const q = parameter(device, [2, 1, 1], [1, 2]);
    const keyPages = zeros(device, [1, 64, 1, 1]);
    const valuePages = zeros(device, [1, 64, 1, 1]);
    const pageTable = Tensor.from(device, [1, 1], Int32Array.of(0));
    const starts = Tensor.from(device, [1], Int32Array.of(0));
    const pages = { keyPages, valuePages, pageTable, offsets, starts };
    using tape = new Tape();
    const { code, hint } = refusal(() => tape.run(() => pagedAttention(q, { ...pages, causal: true })));
    expect(code).toBe('usage');
    expect(hint).toContain('`attention`');
    expect(refusal(() => tape.run(() => appendKeyValue(q, q, pages))).code).toBe('usage');
  });

  it.each([
    ['write', (w: Tensor) => w.write(Float32Array.of(9, 9))],
    ['an op', (w: Tensor) => copy(w, zeros(device, [2]))],
    ['a view', (w: Tensor) => w.range(1, 2).write(Float32Array.of(9))],
  ])('a gradient after %s changed what its rule needs', (_, change) => {
    const w = parameter(device, [2], [1, 2]);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(mul(w, w)));
    change(w);
    const { code, message } = refusal(() => tape.gradients(loss, [w]));
    expect(code).toBe('usage');
    expect(message).toContain('the operands of mul as they were when it ran');
  });

  it('but not after a change of what no rule needs', async () => {
    const w = parameter(device, [2], [1, 2]);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(scale(w, 2)));
    w.write(Float32Array.of(9, 9));
    expect(await values(tape.gradients(loss, [w])[0]!)).toEqual([2, 2]);
  });

  it('tapes within tapes, asynchronous bodies, frozen parameters, losses from elsewhere', () => {
    const w = parameter(device, [2], [1, 2]);
    const frozen = zeros(device, [2]);
    using tape = new Tape();
    const loss = tape.run(() => sumAll(w));
    expect(refusal(() => tape.run(() => new Tape().run(() => 1))).code).toBe('usage');
    expect(refusal(() => tape.run(async () => sum(w, 0))).code).toBe('usage');
    expect(refusal(() => tape.gradients(loss, [frozen])).code).toBe('usage');
    expect(refusal(() => tape.gradients(sumAll(w), [w])).code).toBe('usage');
    expect(refusal(() => tape.gradients(w, [w])).code).toBe('shape');
  });

  it('what was disposed of', () => {
    const w = parameter(device, [2], [1, 2]);
    const tape = new Tape();
    const loss = tape.run(() => sumAll(w));
    const gone = parameter(device, [2], [1, 2]);
    gone.dispose();
    expect(refusal(() => tape.gradients(loss, [gone])).code).toBe('usage');
    tape.dispose();
    expect(refusal(() => tape.gradients(loss, [w])).code).toBe('usage');
    expect(refusal(() => tape.run(() => 1)).code).toBe('usage');
    const next = new Tape();
    const again = next.run(() => sumAll(w));
    again.dispose();
    expect(refusal(() => next.gradients(again, [w])).code).toBe('usage');
  });

  it('and after dispose its results are constants', () => {
    const w = parameter(device, [2], [1, 2]);
    const tape = new Tape();
    const y = unscoped(() => tape.run(() => scale(w, 2)));
    expect(y.requiresGrad).toBe(true);
    tape.dispose();
    expect(y.requiresGrad).toBe(false);
    expect(w.requiresGrad).toBe(true);
  });

  it('keeps a parameter alive that was disposed of after the forward pass', async () => {
    const fresh = new ReferenceDevice();
    const table = parameter(fresh, [2, 2], [1, 2, 3, 4]);
    const w = Tensor.from(fresh, [2, 2], [1, 2, 3, 4]);
    scope(() => {
      using tape = new Tape();
      const loss = tape.run(() => sumAll(matmul(gatherRows(table, Tensor.from(fresh, [1], Int32Array.of(1))), w)));
      w.dispose();
      return tape.gradients(loss, [table])[0]!;
    }).dispose();
    table.dispose();
    expect(fresh.memory.bytes).toBe(0);
  });
});
