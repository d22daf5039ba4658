/** A question as hashed n-grams: words, pairs of words, and three and four letters of each word. */

/** Buckets of the hash; a power of two. */
export const bucketCount = 1 << 15;

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return (value ^ (value >>> 15)) & (bucketCount - 1);
}

/** Digits are one letter, so that no number is learned. */
export function wordsOf(question: string): string[] {
  return (
    question
      .toLowerCase()
      .replace(/[’']/g, '')
      .replace(/\d+(?:[.,]\d+)*/g, ' # ')
      .match(/[\p{L}#]+|[$€£¥%+*/=^?!-]/gu) ?? []
  );
}

/** Distinct buckets of a question, each counted once, scaled to length 1. */
export function featuresOf(question: string): { readonly buckets: Uint32Array; readonly weight: number } {
  const found = new Set<number>();
  const words = ['<', ...wordsOf(question), '>'];
  for (const [i, word] of words.entries()) {
    found.add(hash(`w ${word}`));
    if (i > 0) found.add(hash(`p ${words[i - 1]} ${word}`));
    if (i > 1) found.add(hash(`s ${words[i - 2]} ${word}`));
    const padded = ` ${word} `;
    for (const size of [3, 4]) {
      for (let at = 0; at + size <= padded.length; at++) found.add(hash(`c ${padded.slice(at, at + size)}`));
    }
  }
  return { buckets: Uint32Array.from(found).sort(), weight: 1 / Math.sqrt(found.size) };
}

/** Cosine of two questions over their buckets. */
export function similarity(a: string, b: string): number {
  const [left, right] = [featuresOf(a), featuresOf(b)];
  const other = new Set(right.buckets);
  let common = 0;
  for (const bucket of left.buckets) if (other.has(bucket)) common++;
  return common * left.weight * right.weight;
}
