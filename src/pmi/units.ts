/**
 * What is masked as one: entries of a list, and the words between them (arXiv 2010.01825, section 3). Of entries that contain
 * one another the longest wins. Of entries that overlap in part one is drawn, and the words that the others had are on their own,
 * unless they are an entry that is left whole.
 */
import type { Match, Matcher } from './matcher.js';
import type { Word } from './words.js';

/** Uniform in [0, 1). */
export type Draw = () => number;

/** For each word, where the words end that an n-gram from it on may reach. */
export function limitsOf(words: readonly Word[]): Uint32Array {
  const limits = new Uint32Array(words.length);
  let limit = words.length;
  for (let i = words.length - 1; i >= 0; i--) {
    limits[i] = limit;
    if (words[i]!.afterBoundary) limit = i;
  }
  return limits;
}

/** Entries that no longer one contains, by their starts. */
export function maximalMatches(matcher: Matcher, words: readonly Word[]): Match[] {
  const ids = matcher.idsOf(words.map(({ text }) => text));
  const ends = matcher.longestFrom(ids, limitsOf(words));
  const matches: Match[] = [];
  let furthest = 0;
  for (let start = 0; start < ends.length; start++) {
    const end = ends[start]!;
    // One that begins earlier and reaches as far contains it.
    if (end > furthest) {
      matches.push({ start, end });
      furthest = end;
    }
  }
  return matches;
}

/** Parts `count` words into units, in order: the chosen entries and single words. */
export function unitsOfMatches(matches: readonly Match[], count: number, draw: Draw): Match[] {
  const chosen: Match[] = [];
  for (let i = 0; i < matches.length; ) {
    // Those that hang together by overlaps.
    let end = i + 1;
    while (end < matches.length && matches[end]!.start < matches[end - 1]!.end) end++;
    let left = matches.slice(i, end);
    while (left.length > 0) {
      const one = left[Math.floor(draw() * left.length)]!;
      chosen.push(one);
      left = left.filter(({ start, end }) => end <= one.start || start >= one.end);
    }
    i = end;
  }
  chosen.sort((a, b) => a.start - b.start);
  const units: Match[] = [];
  let at = 0;
  for (const match of chosen) {
    for (; at < match.start; at++) units.push({ start: at, end: at + 1 });
    units.push(match);
    at = match.end;
  }
  for (; at < count; at++) units.push({ start: at, end: at + 1 });
  return units;
}

/** The masking units of a text's words. */
export function maskingUnits(matcher: Matcher, words: readonly Word[], draw: Draw): Match[] {
  return unitsOfMatches(maximalMatches(matcher, words), words.length, draw);
}

/** The share of words that lie in some entry. */
export function coverage(
  matcher: Matcher,
  words: readonly Word[],
): { readonly words: number; readonly covered: number } {
  let covered = 0;
  let reached = 0;
  for (const { start, end } of maximalMatches(matcher, words)) {
    covered += end - Math.max(start, reached);
    reached = end;
  }
  return { words: words.length, covered };
}
