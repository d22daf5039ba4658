import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../../devices/index.js';
import { add, expand, mean, meanAll, mul, sub, sum, Tensor } from '../index.js';

const device = new ReferenceDevice();
const of = (shape: readonly number[], ...values: number[]) => Tensor.from(device, shape, values);
const values = async (tensor: Tensor) => Array.from(await tensor.read());

describe('broadcasting', () => {
  const x = of([2, 3], 1, 2, 3, 4, 5, 6);

  it.each([
    ['the same shape', of([2, 3], 1, 1, 1, 2, 2, 2), [1, 2, 3, 8, 10, 12]],
    ['a scalar', of([], 2), [2, 4, 6, 8, 10, 12]],
    ['one element', of([1, 1, 1], 2), [2, 4, 6, 8, 10, 12]],
    ['its last axis', of([3], 1, 10, 100), [1, 20, 300, 4, 50, 600]],
    ['one row', of([1, 3], 1, 10, 100), [1, 20, 300, 4, 50, 600]],
    ['one value per row', of([2, 1], 1, 10), [1, 2, 3, 40, 50, 60]],
  ])('multiplies by %s, on either side', async (_, b, expected) => {
    expect(await values(mul(x, b))).toEqual(expected);
    expect(mul(b, x).shape).toEqual([2, 3]);
    expect(await values(mul(b, x))).toEqual(expected);
  });

  it('adds and subtracts in the order given', async () => {
    const row = of([3], 1, 10, 100);
    expect(await values(add(row, x))).toEqual([2, 12, 103, 5, 15, 106]);
    expect(await values(sub(x, row))).toEqual([0, -8, -97, 3, -5, -94]);
    expect(await values(sub(row, x))).toEqual([0, 8, 97, -3, 5, 94]);
  });

  it('keeps the first of two shapes that could each be broadcast to the other', () => {
    expect(add(of([1], 1), of([], 2)).shape).toEqual([1]);
    expect(add(of([], 1), of([1], 2)).shape).toEqual([]);
  });
});

describe('sums', () => {
  const x = of([2, 3], 1, 2, 3, 4, 5, 6);

  it('take an axis away, expand makes one', async () => {
    expect(await values(sum(x, 0))).toEqual([5, 7, 9]);
    expect(await values(sum(x, -1))).toEqual([6, 15]);
    expect(await values(mean(x, 0))).toEqual([2.5, 3.5, 4.5]);
    expect((await values(meanAll(x)))[0]).toBeCloseTo(3.5, 6); // 1/6 is rounded to float32
    const wide = expand(sum(x, 1), 1, 2);
    expect(wide.shape).toEqual([2, 2]);
    expect(await values(wide)).toEqual([6, 6, 15, 15]);
  });
});
