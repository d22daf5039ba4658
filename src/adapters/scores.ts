/** How an answer compares with the one that was wanted; both are trimmed. */

export const isExact = (found: string, wanted: string): boolean => found.trim() === wanted.trim();

/** The harmonic mean of precision and recall of words, each as often as it comes (Rajpurkar et al. 2016); 1 for two empty texts. */
export function wordF1(found: string, wanted: string): number {
  const [a, b] = [wordsOf(found), wordsOf(wanted)];
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of a) {
    const times = left.get(word) ?? 0;
    if (times > 0) common++;
    left.set(word, times - 1);
  }
  return (2 * common) / (a.length + b.length);
}

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== '');
