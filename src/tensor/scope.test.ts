import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { add, scale, scope, Tensor, unscoped, zeros } from './index.js';

/** Bytes of an element on the reference device, which holds float64. */
const element = 8;

describe('scope', () => {
  it('frees what its body made', () => {
    const device = new ReferenceDevice();
    scope(() => {
      const x = zeros(device, [10]);
      scale(add(x, x), 2);
      expect(device.memory.bytes).toBe(30 * element);
    });
    expect(device.memory.bytes).toBe(0);
  });

  it('keeps its result, in arrays, objects and maps, for the scope around it', () => {
    const device = new ReferenceDevice();
    scope(() => {
      const kept = scope(() => {
        const made = Array.from({ length: 5 }, (_, i) => zeros(device, [i]));
        return {
          list: [made[1]!, [made[2]!]],
          map: new Map([['three', made[3]!]]),
          text: 'none',
          bytes: new Int8Array(3),
        };
      });
      expect(kept.list.flat().map((tensor) => tensor.disposed)).toEqual([false, false]);
      expect(device.memory.bytes).toBe((1 + 2 + 3) * element);
    });
    expect(device.memory.bytes).toBe(0);
  });

  it('keeps the memory of a result that is a view, and no other view of it', () => {
    const device = new ReferenceDevice();
    let base: Tensor | undefined;
    using view = scope(() => {
      base = Tensor.from(device, [3, 2], [1, 2, 3, 4, 5, 6]);
      return base.at(1);
    });
    expect(base?.disposed).toBe(true);
    expect(view.disposed).toBe(false);
    expect(device.memory.bytes).toBe(6 * element);
  });

  it('leaves tensors of an outer scope alone', () => {
    const device = new ReferenceDevice();
    scope(() => {
      const outer = zeros(device, [4]);
      expect(scope(() => outer)).toBe(outer);
      expect(outer.disposed).toBe(false);
    });
    expect(device.memory.bytes).toBe(0);
  });

  it('frees everything when its body throws, and is over then', () => {
    const device = new ReferenceDevice();
    const failing = () =>
      scope(() => {
        zeros(device, [4]);
        scope(() => {
          zeros(device, [4]);
          throw new RangeError('no');
        });
      });
    expect(failing).toThrow(RangeError);
    expect(device.memory.bytes).toBe(0);
    const after = zeros(device, [2]);
    expect(after.disposed).toBe(false);
    after.dispose();
  });

  it('does not own what is made unscoped', () => {
    const device = new ReferenceDevice();
    const parameter = scope(() => unscoped(() => zeros(device, [3])));
    expect(device.memory.bytes).toBe(3 * element);
    parameter.dispose();
    expect(device.memory.bytes).toBe(0);
  });

  it('refuses an asynchronous body', () => {
    expect(() => scope(async () => 1)).toThrow(/scope: expected a synchronous function, got a promise/);
  });

  it('frees what an op made when the device refuses it', () => {
    const device = new ReferenceDevice();
    using x = zeros(device, [3]);
    device.submit = () => {
      throw new Error('refused');
    };
    expect(() => scale(x, 2)).toThrow('refused');
    expect(device.memory.bytes).toBe(3 * element);
  });
});
