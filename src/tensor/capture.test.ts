import { expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { CapturedStep } from './capture.js';
import { Tensor } from './index.js';
import { add } from './ops/add.js';
import { mul } from './ops/mul.js';
import { scope } from './scope.js';

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
