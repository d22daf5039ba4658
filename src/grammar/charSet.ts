/** Sets of Unicode code points, without surrogates: sorted, disjoint ranges, both ends included. */
export interface CharRange {
  readonly lo: number;
  readonly hi: number;
}
export type CharSet = readonly CharRange[];

const last = 0x10ffff;
const surrogates: CharRange = { lo: 0xd800, hi: 0xdfff };

export const anyChar: CharSet = [
  { lo: 0, hi: 0xd7ff },
  { lo: 0xe000, hi: last },
];

export const charRange = (lo: number, hi: number): CharSet => normalize([{ lo, hi }]);
export const charsOf = (text: string): CharSet =>
  normalize([...text].map((char) => ({ lo: char.codePointAt(0)!, hi: char.codePointAt(0)! })));

/** Sorts, joins what touches, and takes the surrogates out. */
export function normalize(ranges: Iterable<CharRange>): CharSet {
  const sorted = [...ranges].filter(({ lo, hi }) => lo <= hi).sort((a, b) => a.lo - b.lo);
  const joined: { lo: number; hi: number }[] = [];
  for (const { lo, hi } of sorted) {
    const before = joined.at(-1);
    if (before !== undefined && lo <= before.hi + 1) before.hi = Math.max(before.hi, hi);
    else joined.push({ lo, hi });
  }
  return joined.flatMap(({ lo, hi }) =>
    [
      { lo, hi: Math.min(hi, surrogates.lo - 1) },
      { lo: Math.max(lo, surrogates.hi + 1), hi },
    ].filter((part, i) => part.lo <= part.hi && (i === 0 || hi > surrogates.hi) && (i === 1 || lo < surrogates.lo)),
  );
}

export const union = (...sets: readonly CharSet[]): CharSet => normalize(sets.flat());

export function complement(set: CharSet): CharSet {
  const ranges: CharRange[] = [];
  let next = 0;
  for (const { lo, hi } of normalize(set)) {
    if (lo > next) ranges.push({ lo: next, hi: lo - 1 });
    next = hi + 1;
  }
  if (next <= last) ranges.push({ lo: next, hi: last });
  return normalize(ranges);
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const ranges: CharRange[] = [];
  for (const x of a) for (const y of b) ranges.push({ lo: Math.max(x.lo, y.lo), hi: Math.min(x.hi, y.hi) });
  return normalize(ranges);
}

export const subtract = (a: CharSet, b: CharSet): CharSet => intersect(a, complement(b));
export const has = (set: CharSet, char: number): boolean => set.some(({ lo, hi }) => lo <= char && char <= hi);

/** The code points that a class of JavaScript's regular expressions has, such as `\p{L}`; asked once a class. */
export function charsMatching(source: string, flags = 'u'): CharSet {
  const key = `${flags}/${source}`;
  let set = matched.get(key);
  if (set === undefined) {
    const expression = new RegExp(`^(?:${source})$`, flags);
    const ranges: { lo: number; hi: number }[] = [];
    for (let char = 0; char <= last; char++) {
      if (char === surrogates.lo) char = surrogates.hi + 1;
      if (!expression.test(String.fromCodePoint(char))) continue;
      const before = ranges.at(-1);
      if (before !== undefined && before.hi === char - 1) before.hi = char;
      else ranges.push({ lo: char, hi: char });
    }
    set = normalize(ranges);
    matched.set(key, set);
  }
  return set;
}
const matched = new Map<string, CharSet>();
