import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinearAllocator } from './allocator.js';

it('never hands out overlapping or unaligned blocks, and reuses what came back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 500 })), { maxLength: 200 }), (steps) => {
      let size = 0;
      const allocator = new LinearAllocator(100, (bytes) => {
        size = Math.max(size, bytes);
      });
      const live = new Map<number, number>();
      for (const [take, value] of steps) {
        if (take || live.size === 0) {
          const offset = allocator.take(value);
          expect(offset % 64).toBe(0);
          expect(offset).toBeGreaterThanOrEqual(128);
          for (const [other, bytes] of live)
            expect(offset + Math.max(value, 1) <= other || other + bytes <= offset).toBe(true);
          live.set(offset, Math.max(value, 1));
          expect(offset + value).toBeLessThanOrEqual(size);
        } else {
          const offset = [...live.keys()][value % live.size]!;
          allocator.give(offset);
          live.delete(offset);
        }
      }
      for (const offset of live.keys()) allocator.give(offset);
      // All is one free range again: the whole of it can be taken without growing.
      const before = size;
      if (size > 0) expect(allocator.take(size - 128)).toBe(128);
      expect(size).toBe(before);
    }),
  );
});

it('refuses to free what it did not give', () => {
  expect(() => new LinearAllocator(0, () => {}).give(64)).toThrow(RangeError);
});
