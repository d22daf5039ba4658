import { expect, it } from 'vitest';
import { openDevice } from '../devices/index.js';
import {
  accumulate,
  CapturedStep,
  cast,
  mul,
  packPanels,
  quantizeRows,
  scope,
  sumAll,
  Tape,
  Tensor,
  unscoped,
} from '../tensor/index.js';
import { int8Form } from './activations.js';
import { type Projection, projection } from './linear.js';

const device = await openDevice();
const [rows, inputs, outputs] = [3, 64, 32];

const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + seed));
const matrix = Tensor.from(device, [outputs, inputs], numbers(outputs * inputs, 7));
const activation = (seed: number) => Tensor.from(device, [rows, inputs], numbers(rows * inputs, seed));

const forms: Readonly<Record<string, () => Projection>> = {
  bf16: () => projection({ values: scope(() => cast(matrix, 'bf16')), activations: 'bf16' }),
  int8: () => {
    const { values, scale } = quantizeRows(matrix);
    return projection({ values: packPanels(values), scale, ...int8Form('projection') });
  },
};

const equal = async (a: Tensor, b: Tensor) => expect(await a.read()).toEqual(await b.read());

it.each(Object.keys(forms))('a product in %s is of what x holds now', async (name) => {
  const linear = forms[name]!();
  const [written, changed, fresh, freshSum] = scope(() => {
    const x = activation(3);
    linear.forward(x);
    x.write(numbers(rows * inputs, 99));
    const written = linear.forward(x);
    accumulate(x, activation(5));
    const sum = activation(99);
    accumulate(sum, activation(5));
    return [written, linear.forward(x), linear.forward(activation(99)), linear.forward(sum)] as const;
  });
  await equal(written, fresh);
  await equal(changed, freshSum);
});

it.each(Object.keys(forms))('a step captured after a product in %s rounds its input itself', async (name) => {
  const linear = forms[name]!();
  const [got, fresh] = scope(() => {
    const x = activation(3);
    linear.forward(x);
    const { step, result } = CapturedStep.record(device, () => scope(() => linear.forward(x)));
    x.write(numbers(rows * inputs, 99));
    step.run();
    return [result, linear.forward(activation(99))] as const;
  });
  await equal(got, fresh);
});

it('gradients pass through the rounding under each tape anew', async () => {
  const linear = forms.bf16!();
  const x = activation(3);
  x.requiresGrad = true;
  const gradientOf = () => {
    using tape = new Tape();
    const loss = tape.run(() => {
      const y = linear.forward(x);
      return sumAll(mul(y, y));
    });
    return unscoped(() => tape.gradients(loss, [x])[0]!);
  };
  const [first, second] = scope(() => {
    linear.forward(x);
    return [gradientOf(), gradientOf()] as const;
  });
  expect((await first.read()).some((value) => value !== 0)).toBe(true);
  await equal(first, second);
});
