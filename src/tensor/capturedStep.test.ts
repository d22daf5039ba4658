import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { accumulate, add, CapturedStep, copy, Derived, exp, mul, scope, sumAll, Tape, Tensor } from './index.js';

it('runs the same commands on new inputs, and gives all memory back', async () => {
  const device = new ReferenceDevice();
  const input = Tensor.from(device, [2], [1, 2]);
  const { step, result } = CapturedStep.record(device, () =>
    scope(() => {
      const constant = Tensor.from(device, [2], [10, 20]);
      return add(mul(input, input), constant);
    }),
  );
  const commands: number[] = [];
  const submit = device.submit.bind(device);
  device.submit = (words) => {
    commands.push(words.length);
    submit(words);
  };

  expect([...(await result.read())]).toEqual([11, 24]);
  input.write(Float32Array.from([3, 4]));
  step.run();
  expect([...(await result.read())]).toEqual([19, 36]);
  expect(commands.length).toBe(1);
  for (const owned of [step, result, input]) owned.dispose();
  expect(device.memory.bytes).toBe(0);
});

it('keeps nothing of a step that failed', () => {
  const device = new ReferenceDevice();
  const input = Tensor.from(device, [2], [1, 2]);
  expect(() =>
    CapturedStep.record(device, () =>
      scope(() => {
        mul(input, input);
        throw new Error('enough');
      }),
    ),
  ).toThrow('enough');
  input.dispose();
  expect(device.memory.bytes).toBe(0);
});

describe('a captured step', () => {
  const device = new ReferenceDevice();
  const pair = (first: number, second: number) => Tensor.from(device, [2], [first, second]);
  const values = async (tensor: Tensor) => [...(await tensor.read())];

  it('does not run on memory that may be another tensor’s by now', async () => {
    const input = pair(1, 2);
    const weight = pair(3, 4);
    const { step, result } = CapturedStep.record(device, () => scope(() => mul(input, weight)));
    weight.dispose();
    expect(() => step.run()).toThrow(/captured with, got one that was disposed of/);
    const another = CapturedStep.record(device, () => scope(() => add(input, input)));
    another.result.dispose();
    expect(() => another.step.run()).toThrow(/disposed of/);
    another.step.dispose();
    expect(() => another.step.run()).toThrow(/a live step/);
    expect(await values(result)).toEqual([3, 8]);
  });

  it('brings what is derived from a parameter up to date', async () => {
    const source = pair(0, 1);
    const derived = new Derived(
      scope(() => exp(source)),
      source,
      exp,
    );
    const input = pair(1, 1);
    const { step, result } = CapturedStep.record(device, () => scope(() => mul(input, derived.get())));
    source.write(Float32Array.of(2, 3));
    step.run();
    expect(await values(result)).toEqual([Math.exp(2), Math.exp(3)]);
    const change = CapturedStep.record(device, () => scope(() => accumulate(source, input)));
    change.step.run();
    step.run();
    expect(await values(result)).toEqual([Math.exp(4), Math.exp(5)]);
  });

  it('tells a tape that it changed what the tape keeps', () => {
    const weight = pair(1, 2);
    const other = pair(5, 6);
    const { step } = CapturedStep.record(device, () => scope(() => copy(other, other)));
    weight.requiresGrad = true;
    using tape = new Tape();
    const loss = tape.run(() => sumAll(mul(weight, other)));
    step.run();
    expect(() => tape.gradients(loss, [weight])).toThrow(/changed in place since/);
  });

  it('refuses a body that a run could not repeat', () => {
    const input = pair(1, 2);
    const record = (body: () => unknown) => () => CapturedStep.record(device, () => scope(body));
    expect(
      record(() => {
        const sum = pair(0, 0);
        accumulate(sum, input);
      }),
    ).toThrow(/change no constant/);
    expect(
      record(() => {
        mul(input, input);
        input.write(Float32Array.of(3, 4));
      }),
    ).toThrow(/a write to one between its commands/);
    expect(record(() => record(() => mul(input, input))())).toThrow(/one within another/);
    using tape = new Tape();
    expect(() => tape.run(record(() => mul(input, input)))).toThrow(/no tape/);
  });
});
