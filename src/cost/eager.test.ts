import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import { eagerForwardBytes, eagerMovedBackwardBytes, eagerMovedBytes, eagerOps, eagerProducts } from './eager.js';

const { shape } = readModelShape(configOf('jamba-tiny-random'));

describe('what this library’s passes hold and move', () => {
  it('is proportional to rows, but for logits and rates', () => {
    const [one, two] = [eagerForwardBytes(shape, 100, 0), eagerForwardBytes(shape, 200, 0)];
    expect(two).toBeGreaterThan(1.9 * one);
    expect(two).toBeLessThanOrEqual(2 * one);
    expect(eagerMovedBytes(shape, 200)).toBe(2 * eagerMovedBytes(shape, 100));
    expect(eagerMovedBackwardBytes(shape, 200)).toBe(2 * eagerMovedBackwardBytes(shape, 100));
  });

  it('is, for one attention layer, what is written out here', () => {
    const layers = [shape.layers.find(({ mixer }) => mixer.kind === 'attention')!];
    const [D, H, Hkv, Dh, F, V, rows] = [128, 2, 1, 64, 14_336, 65_536, 10];
    expect(layers[0]!.feedForward).toMatchObject({ experts: 1, inner: F });
    const one = { ...shape, layers };
    // The input; two norms, q, k, v, out, o, a sum; gate, up, product, down; the layer's output.
    const made = 2 * D + (2 * H * Dh + 2 * Hkv * Dh + D) + D + (3 * F + D) + D;
    expect(eagerForwardBytes(one, rows, 0)).toBe(4 * rows * (D + made));
    // All logits are more than the layer took: two residuals, the norm, the rows that are picked.
    expect(eagerForwardBytes(one, rows, rows)).toBe(4 * rows * (4 * D + V));
    expect(eagerProducts(one)).toBe(4 + 3 + 1);
    expect(eagerOps(one)).toBe(4 + 4 + 6 + 4);
  });
});
