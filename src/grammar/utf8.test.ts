import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complement, has, normalize } from './charSet.js';
import { utf8Sequences } from './utf8.js';

const char = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));

test('byte sequences of a set are those of its characters, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(char, char), { maxLength: 4 }), fc.array(char, { maxLength: 50 }), (ends, probes) => {
      const set = normalize(ends.map(([a, b]) => ({ lo: Math.min(a, b), hi: Math.max(a, b) })));
      const sequences = utf8Sequences(set);
      const borders = set.flatMap(({ lo, hi }) => [lo, hi, Math.max(0, lo - 1), Math.min(0x10ffff, hi + 1)]);
      for (const code of [...probes, ...borders]) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        const bytes = new TextEncoder().encode(String.fromCodePoint(code));
        const matching = sequences.filter(
          (ranges) =>
            ranges.length === bytes.length && ranges.every(({ lo, hi }, i) => lo <= bytes[i]! && bytes[i]! <= hi),
        );
        expect(matching.length).toBe(has(set, code) ? 1 : 0);
      }
    }),
  );
});

test('a set and its complement have no character in common, and no surrogate', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(char, char), { maxLength: 4 }), char, (ends, code) => {
      const set = normalize(ends.map(([a, b]) => ({ lo: Math.min(a, b), hi: Math.max(a, b) })));
      expect(has(set, code)).not.toBe(has(complement(set), code));
      expect(has(complement(set), 0xd800)).toBe(false);
    }),
  );
});
