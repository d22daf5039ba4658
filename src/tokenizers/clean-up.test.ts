import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanUpSpaces, SpaceCleaner } from './clean-up.js';

describe('cleanUpSpaces', () => {
  it('joins punctuation and contractions to the word before', () => {
    expect(cleanUpSpaces("it 's here , is n't it ? yes ! I 'm sure .")).toBe("it's here, isn't it? yes! I'm sure.");
    expect(cleanUpSpaces("we 've , you 're , rock ' roll")).toBe("we've, you're, rock'roll");
  });
});

describe('SpaceCleaner', () => {
  it('gives the same as cleaning the whole text, however it is cut', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom(..." .?!,'ntmsvrea"), maxLength: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const cleaner = new SpaceCleaner();
        const got = parts.map((part) => cleaner.push(part)).join('') + cleaner.flush();
        expect(got).toBe(cleanUpSpaces(parts.join('')));
      }),
      { numRuns: 20_000 },
    );
  });

  it('gives words as soon as the next one begins', () => {
    const cleaner = new SpaceCleaner();
    expect([' a', ' word', ' .'].map((part) => cleaner.push(part))).toEqual(['', ' a', ' word']);
    expect(cleaner.flush()).toBe('.');
  });
});
