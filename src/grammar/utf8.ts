/** Ranges of code points as sequences of ranges of UTF-8 bytes. */
import type { CharRange, CharSet } from './charSet.js';

const lengths = [
  { lo: 0, hi: 0x7f },
  { lo: 0x80, hi: 0x7ff },
  { lo: 0x800, hi: 0xffff },
  { lo: 0x10000, hi: 0x10ffff },
];

/** Sequences whose texts are those of the set, no two of which have a text in common. */
export function utf8Sequences(set: CharSet): CharRange[][] {
  const sequences: CharRange[][] = [];
  for (const { lo, hi } of set) {
    for (const length of lengths) {
      const part = { lo: Math.max(lo, length.lo), hi: Math.min(hi, length.hi) };
      if (part.lo <= part.hi) split(encode(part.lo), encode(part.hi), [], sequences);
    }
  }
  return sequences;
}

/** Splits two encodings of the same length where their leading bytes differ. */
function split(lo: readonly number[], hi: readonly number[], before: CharRange[], out: CharRange[][]): void {
  const [first, ...restLo] = lo;
  const [last, ...restHi] = hi;
  if (restLo.length === 0) {
    out.push([...before, { lo: first!, hi: last! }]);
    return;
  }
  if (first === last) {
    split(restLo, restHi, [...before, { lo: first!, hi: first! }], out);
    return;
  }
  const least = restLo.map(() => 0x80);
  const most = restLo.map(() => 0xbf);
  let [from, to] = [first!, last!];
  if (restLo.some((byte) => byte !== 0x80)) {
    split(restLo, most, [...before, { lo: from, hi: from }], out);
    from++;
  }
  const whole = restHi.every((byte) => byte === 0xbf);
  if (!whole) to--;
  if (from <= to) out.push([...before, { lo: from, hi: to }, ...least.map((byte) => ({ lo: byte, hi: 0xbf }))]);
  if (!whole) split(least, restHi, [...before, { lo: last!, hi: last! }], out);
}

function encode(char: number): number[] {
  if (char < 0x80) return [char];
  if (char < 0x800) return [0xc0 | (char >> 6), 0x80 | (char & 63)];
  if (char < 0x10000) return [0xe0 | (char >> 12), 0x80 | ((char >> 6) & 63), 0x80 | (char & 63)];
  return [0xf0 | (char >> 18), 0x80 | ((char >> 12) & 63), 0x80 | ((char >> 6) & 63), 0x80 | (char & 63)];
}
