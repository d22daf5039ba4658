/** Passages into a budget of tokens: the best first, as many as fit. The room knows no model: who calls counts tokens. */
import { JambalayaError } from '../errors/index.js';
import type { Passage } from './passage.js';

export interface PackOptions {
  /** Tokens that all passages together may take. */
  readonly budget: number;
  readonly countTokens: (text: string) => number | Promise<number>;
  /** How a passage stands in the prompt; `number` counts from 1. Its title, a line end and its text unless told. */
  readonly render?: ((passage: Passage, number: number) => string) | undefined;
  /** Between two passages; an empty line unless told. */
  readonly separator?: string | undefined;
  /** Words that a passage has to keep for being cut to what is left; 20 unless told, none is cut with Infinity. */
  readonly leastWords?: number | undefined;
}

export interface Packed {
  /** Those that are in, in the order given; the last may be cut. */
  readonly passages: readonly Passage[];
  readonly text: string;
  readonly tokens: number;
}

const renderPlain = ({ title, text }: Passage) => (title === undefined ? text : `${title}\n${text}`);

/**
 * Takes passages in their order, each that fits into what is left; where none has fitted yet, and where the first that does
 * not fit would keep enough words, it is cut at a word. The same text is taken once.
 *
 * @throws `usage` for a budget that is no whole number from 0
 */
export async function packPassages(passages: readonly Passage[], options: PackOptions): Promise<Packed> {
  const { budget, countTokens, render = renderPlain, separator = '\n\n', leastWords = 20 } = options;
  if (!Number.isSafeInteger(budget) || budget < 0) {
    throw new JambalayaError('usage', { argument: 'budget', expected: 'a whole number from 0', found: String(budget) });
  }
  const seen = new Set<string>();
  let taken: Passage[] = [];
  let text = '';
  let tokens = 0;
  let isCut = false;
  const withNext = (passage: Passage) =>
    `${text}${taken.length === 0 ? '' : separator}${render(passage, taken.length + 1)}`;
  for (const passage of passages) {
    if (seen.has(passage.text)) continue;
    seen.add(passage.text);
    const fits = async (candidate: Passage) => {
      const joined = withNext(candidate);
      const count = await countTokens(joined);
      return count <= budget ? { joined, count, candidate } : undefined;
    };
    let best = await fits(passage);
    if (best === undefined && !isCut) {
      isCut = true;
      best = await longestCut(passage, leastWords, fits);
    }
    if (best === undefined) continue;
    taken = [...taken, best.candidate];
    text = best.joined;
    tokens = best.count;
  }
  return { passages: taken, text, tokens };
}

/** The longest beginning of a passage that fits, if it keeps enough words. */
async function longestCut<T>(
  passage: Passage,
  leastWords: number,
  fits: (passage: Passage) => Promise<T | undefined>,
): Promise<T | undefined> {
  const ends = Array.from(passage.text.matchAll(/\S+/g), (word) => word.index + word[0].length);
  let best: T | undefined;
  let low = leastWords;
  let high = ends.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = await fits({ ...passage, text: `${passage.text.slice(0, ends[middle - 1])} …` });
    if (found === undefined) high = middle - 1;
    else {
      best = found;
      low = middle + 1;
    }
  }
  return best;
}
