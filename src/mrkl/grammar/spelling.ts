/** Long words with one slip (`celsisus`, `tommorow`) read as the one known word beside them, and told so. */
import type { Token } from './tokens.js';

export interface Correction {
  readonly from: string;
  readonly to: string;
}

const shortest = 5;

/** Whether one insertion, deletion, exchange or swap of neighbours (two for long words) leads from a to b. */
export function isSlip(a: string, b: string): boolean {
  const most = Math.min(a.length, b.length) >= 8 ? 2 : 1;
  if (Math.abs(a.length - b.length) > most || a[0] !== b[0]) return false;
  let [older, before] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(before[j]! + 1, row[j - 1]! + 1, before[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2]! + 1);
      row.push(cost);
    }
    [older, before] = [before, row];
  }
  return before[b.length]! <= most;
}

/** The tokens with unknown long words replaced where exactly one known word is a slip away. */
export function correct(
  tokens: readonly Token[],
  vocabulary: ReadonlySet<string>,
): { tokens: readonly Token[]; corrections: readonly Correction[] } {
  const corrections: Correction[] = [];
  const corrected = tokens.map((token) => {
    if (token.kind !== 'word' || token.text.length < shortest || vocabulary.has(token.text)) return token;
    let found: string | undefined;
    for (const word of vocabulary) {
      if (word.length < shortest || !isSlip(token.text, word)) continue;
      if (found !== undefined && !sameStem(found, word)) return token;
      found =
        found === undefined || Math.abs(word.length - token.text.length) < Math.abs(found.length - token.text.length)
          ? word
          : found;
    }
    if (found === undefined) return token;
    corrections.push({ from: token.text, to: found });
    return { ...token, text: found };
  });
  return { tokens: corrections.length > 0 ? corrected : tokens, corrections };
}

/** Singular and plural, -er and -re mean the same. */
const sameStem = (a: string, b: string): boolean =>
  a.replace(/(s|er|re|ers|res)$/, '') === b.replace(/(s|er|re|ers|res)$/, '');
