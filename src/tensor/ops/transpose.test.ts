import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReferenceDevice } from '../../devices/index.js';
import { countOf, scope, Tensor } from '../index.js';
import { transpose } from './transpose.js';

/** Every index of a shape, last axis fastest. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

const swapped = <T>(list: readonly T[], a: number, b: number): T[] =>
  list.map((item, i) => (i === a ? list[b]! : i === b ? list[a]! : item));

it('swaps any two axes of any shape', async () => {
  const device = new ReferenceDevice();
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), fc.nat(), async (shape, first, second) => {
      const [a, b] = [first % shape.length, second % shape.length];
      using result = scope(() => {
        const x = Tensor.from(
          device,
          shape,
          Float64Array.from({ length: countOf(shape) }, (_, i) => i),
        );
        return transpose(x, a, b - shape.length);
      });
      const at = (index: readonly number[]) => index.reduce((offset, i, axis) => offset * shape[axis]! + i, 0);
      expect(result.shape).toEqual(swapped(shape, a, b));
      expect(Array.from(await result.read())).toEqual(indices(result.shape).map((index) => at(swapped(index, a, b))));
    }),
  );
  expect(device.memory.bytes).toBe(0);
});
