import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../../devices/index.js';
import { concat, countOf, pad, scope, slice, Tensor } from '../index.js';

const device = new ReferenceDevice();
const numbered = (shape: readonly number[]) =>
  Tensor.from(
    device,
    shape,
    Float64Array.from({ length: countOf(shape) }, (_, i) => i + 1),
  );
const values = async (tensor: Tensor) => Array.from(await tensor.read());

describe('slice, pad and concat', () => {
  it('take a range of an axis out, and put it back into zeros', async () => {
    using x = numbered([2, 3, 2]);
    using middle = slice(x, 1, 1, 2);
    expect(middle.shape).toEqual([2, 2, 2]);
    expect(await values(middle)).toEqual([3, 4, 5, 6, 9, 10, 11, 12]);
    using last = slice(x, -1, 1, 1);
    expect(await values(last)).toEqual([2, 4, 6, 8, 10, 12]);
    using back = pad(last, -1, 1, 3);
    expect(back.shape).toEqual([2, 3, 3]);
    expect(await values(back)).toEqual([0, 2, 0, 0, 4, 0, 0, 6, 0, 0, 8, 0, 0, 10, 0, 0, 12, 0]);
  });

  it('join the slices of any axis to the whole', async () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.array(fc.nat({ max: 4 })), async (shape, pick, cuts) => {
        const axis = pick % shape.length;
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, shape[axis]!)).sort((a, b) => a - b), shape[axis]!];
        using x = numbered(shape);
        using joined = scope(() => {
          const parts = bounds.slice(1).map((end, i) => slice(x, axis, bounds[i]!, end - bounds[i]!));
          return concat(parts, axis - shape.length);
        });
        expect(joined.shape).toEqual(shape);
        expect(await values(joined)).toEqual(await values(x));
      }),
    );
    expect(device.memory.bytes).toBe(0);
  });

  it('keep the dtype', async () => {
    using x = Tensor.from(device, [4], Int32Array.of(1, 2, 3, 4));
    using twice = scope(() => concat([slice(x, 0, 1, 2), pad(x, 0, 0, 5)], 0));
    expect(twice.dtype).toBe('i32');
    expect(await values(twice)).toEqual([2, 3, 1, 2, 3, 4, 0]);
  });
});
