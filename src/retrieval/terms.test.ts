import { describe, expect, it } from 'vitest';
import { termsOf } from './terms.js';

describe('termsOf', () => {
  it.each([
    ['The Cats’ ponies, and 3 GLASSES of bus-rides!', 'the cat pony and 3 glasse of bus ride'],
    ['Zoë’s naïve café; ﬁne ½', 'zoe s naive cafe fine 1 2'],
    ['does series  aloes is', 'does sery aloes is'],
    ['Straße STRASSE', 'straße strasse'],
    ['東京タワーへ行く', '東京 京タ タワ ワー ーへ へ行 行く'],
    ['abc東京x 水', 'abc 東京 x 水'],
    ['हिन्दी', 'हिन्दी'],
    ['', ''],
    ['— … !', ''],
  ])('%j', (text, terms) => {
    expect(termsOf(text).join(' ')).toBe(terms);
  });

  it('counts every time', () => {
    expect(termsOf('a b a')).toEqual(['a', 'b', 'a']);
  });

  it('takes of endless runs the beginning', () => {
    expect(termsOf('x'.repeat(1000))).toEqual(['x'.repeat(64)]);
  });
});
