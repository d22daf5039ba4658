import { expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { scope, Tensor, zeros } from '../tensor/index.js';
import { loadBalancingLoss, meanCrossEntropy, nextTokenLabels } from './losses.js';

const device = new ReferenceDevice();

it('asks each row for the token after it, within its segment', () => {
  expect([...nextTokenLabels([5, 6, 7, 8, 9], [2, 0, 3])]).toEqual([6, -100, 8, 9, -100]);
});

it('means the cross-entropy over the labels that count', async () => {
  const logits = Tensor.from(device, [3, 2], [0, 0, 1, 3, 9, 9]);
  const mean = scope(() => meanCrossEntropy(logits, Int32Array.from([0, 1, -100])));
  expect((await mean.read())[0]).toBeCloseTo((Math.log(2) + Math.log(1 + Math.exp(-2))) / 2, 6);
  const none = scope(() => meanCrossEntropy(logits, Int32Array.from([-100, -100, -100])));
  expect((await none.read())[0]).toBe(0);
});

it('gives k for experts that are used evenly, and more for ones that are not', async () => {
  // Four tokens, each with another favourite among four experts: choices and probabilities are even over the tokens.
  const even = Tensor.from(
    device,
    [4, 4],
    Array.from({ length: 16 }, (_, i) =>
      i % 4 === Math.floor(i / 4) ? 2 : i % 4 === (Math.floor(i / 4) + 1) % 4 ? 1 : 0,
    ),
  );
  const balanced = scope(() => loadBalancingLoss([even], 2));
  expect((await balanced.read())[0]).toBeCloseTo(2, 6);
  const twice = scope(() => loadBalancingLoss([even, even], 2));
  expect((await twice.read())[0]).toBeCloseTo(2, 6);
  // Equal probabilities are balanced whatever is chosen; a favourite of all is not.
  const flat = scope(() => loadBalancingLoss([zeros(device, [4, 4])], 2));
  expect((await flat.read())[0]).toBeCloseTo(2, 6);
  const skewed = Tensor.from(
    device,
    [4, 4],
    Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 5 : 0)),
  );
  const unbalanced = scope(() => loadBalancingLoss([skewed], 1));
  expect((await unbalanced.read())[0]).toBeGreaterThan(3.5);
});
