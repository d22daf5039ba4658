/**
 * Five ways to choose what a masked language model has to fill in, behind one interface. All of them hide about the same share
 * of the pieces, and differ in what is hidden together: a piece, a word, a random span of words, or an n-gram of a list.
 */
import type { Matcher } from './matcher.js';
import type { PiecedText, TokenRange } from './pieces.js';
import { type Draw, maskingUnits } from './units.js';

export const schemeNames = ['token', 'word', 'span', 'naive', 'pmi'] as const;
export type SchemeName = (typeof schemeNames)[number];

export interface DrawnUnits {
  /** They part all pieces that may be hidden, in order. */
  readonly units: readonly TokenRange[];
  /** The numbers of those that are hidden, in the order in which they were drawn. */
  readonly chosen: readonly number[];
}

export interface MaskingScheme {
  readonly name: SchemeName;
  /** @param budget pieces that may be hidden */
  draw(text: PiecedText, budget: number, draw: Draw): DrawnUnits;
}

/**
 * Draws units uniformly, without putting back, until the budget is used up. A unit that would go over the budget is passed over
 * and the next one is tried, as in BERT's whole-word masking: the budget is a limit, reached wherever units are left that fit.
 */
export function chooseUnits(units: readonly TokenRange[], budget: number, draw: Draw): number[] {
  const order = Array.from(units.keys());
  const chosen: number[] = [];
  let left = budget;
  for (let i = 0; i < order.length && left > 0; i++) {
    const other = i + Math.floor(draw() * (order.length - i));
    const unit = order[other]!;
    order[other] = order[i]!;
    const { start, end } = units[unit]!;
    if (end - start > left) continue;
    chosen.push(unit);
    left -= end - start;
  }
  return chosen;
}

/** Ranges of tokens, and every other token that may be hidden on its own, in order. */
function withSingles({ ids, isSpecial }: PiecedText, ranges: readonly TokenRange[]): TokenRange[] {
  const units: TokenRange[] = [];
  const fill = (from: number, to: number) => {
    for (let at = from; at < to; at++) if (isSpecial[at] === 0) units.push({ start: at, end: at + 1 });
  };
  let at = 0;
  for (const range of ranges) {
    fill(at, range.start);
    units.push(range);
    at = range.end;
  }
  fill(at, ids.length);
  return units;
}

/** Every piece on its own, as BERT was trained. */
export const randomToken: MaskingScheme = {
  name: 'token',
  draw(text, budget, draw) {
    const units = withSingles(text, []);
    return { units, chosen: chooseUnits(units, budget, draw) };
  },
};

/** All pieces of a word. */
export const wholeWord: MaskingScheme = {
  name: 'word',
  draw(text, budget, draw) {
    const units = withSingles(text, text.words);
    return { units, chosen: chooseUnits(units, budget, draw) };
  },
};

/** N-grams of a list; words outside of them on their own. */
export function listScheme(matcher: Matcher, name: 'pmi' | 'naive' = 'pmi'): MaskingScheme {
  return {
    name,
    draw(text, budget, draw) {
      const { words } = text;
      const matches = maskingUnits(matcher, words, draw);
      const ranges = matches.map(({ start, end }) => ({ start: words[start]!.start, end: words[end - 1]!.end }));
      const units = withSingles(text, ranges);
      return { units, chosen: chooseUnits(units, budget, draw) };
    },
  };
}

/** Lengths of random spans, in words: geometric, at most `longest`. */
export interface SpanLengths {
  readonly p: number;
  readonly longest: number;
  /** What becomes of a longer one: it is drawn anew (SpanBERT's mean of 3.8 words), or cut (4.46). */
  readonly overlong: 'redraw' | 'clamp';
}

export const defaultSpans: SpanLengths = { p: 0.2, longest: 10, overlong: 'redraw' };

export function drawSpanLength({ p, longest, overlong }: SpanLengths, draw: Draw): number {
  for (;;) {
    const length = 1 + Math.floor(Math.log1p(-draw()) / Math.log1p(-p));
    if (length <= longest) return length;
    if (overlong === 'clamp') return longest;
  }
}

/** The mean of the lengths, in words. */
export function meanSpanLength({ p, longest, overlong }: SpanLengths): number {
  let sum = 0;
  let mass = 0;
  for (let length = 1; length <= longest; length++) {
    const share = p * (1 - p) ** (length - 1);
    sum += length * share;
    mass += share;
  }
  return overlong === 'redraw' ? sum / mass : sum + longest * (1 - mass);
}

/** Spans without a place are given up after so many draws for each word of the text. */
const drawsPerWord = 4;

/** Spans of words from random places; one that would touch another or go over the budget is drawn anew. */
export function randomSpan(lengths: SpanLengths = defaultSpans): MaskingScheme {
  return {
    name: 'span',
    draw(text, budget, draw) {
      const { words } = text;
      const taken = new Uint8Array(words.length);
      const spans: { readonly range: TokenRange; readonly order: number }[] = [];
      let left = budget;
      for (let tries = drawsPerWord * words.length; tries > 0 && left > 0; tries--) {
        const from = Math.floor(draw() * words.length);
        const to = Math.min(words.length, from + drawSpanLength(lengths, draw));
        const range = { start: words[from]!.start, end: words[to - 1]!.end };
        if (range.end - range.start > left || taken.subarray(from, to).includes(1)) continue;
        if (text.isSpecial.subarray(range.start, range.end).includes(1)) continue;
        taken.fill(1, from, to);
        spans.push({ range, order: spans.length });
        left -= range.end - range.start;
      }
      const others = words.filter((_, i) => taken[i] === 0);
      const ranges = [...spans.map(({ range }) => range), ...others].sort((a, b) => a.start - b.start);
      const units = withSingles(text, ranges);
      const numberOf = new Map(units.map(({ start }, i) => [start, i]));
      return { units, chosen: spans.map(({ range }) => numberOf.get(range.start)!) };
    },
  };
}
