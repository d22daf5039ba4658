/** Exact match and F1 of short answers, as SQuAD's own evaluation defines them (Rajpurkar et al., 2016 and 2018). */

const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
const articles = /(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu;

/**
 * Lower case, without punctuation (ASCII's), articles and surplus spaces.
 *
 * @param {string} answer
 */
export function normalized(answer) {
  const plain = answer.toLowerCase().replace(punctuation, '');
  return plain.replace(articles, ' ').trim().replace(/\s+/g, ' ');
}

/**
 * @param {string} answer
 * @param {string} expected
 * @returns {number} 0 or 1
 */
export const exactMatch = (answer, expected) => Number(normalized(answer) === normalized(expected));

/**
 * The harmonic mean of precision and recall of words; of two answers one of which is empty, whether both are.
 *
 * @param {string} answer
 * @param {string} expected
 */
export function f1(answer, expected) {
  const words = (text) => normalized(text).split(' ').filter(Boolean);
  const [found, wanted] = [words(answer), words(expected)];
  if (found.length === 0 || wanted.length === 0) return Number(found.length === wanted.length);
  const left = [...wanted];
  let shared = 0;
  for (const word of found) {
    const at = left.indexOf(word);
    if (at < 0) continue;
    left.splice(at, 1);
    shared++;
  }
  return (2 * shared) / (found.length + wanted.length);
}

/**
 * The best of either measure over all accepted answers. A question without one has the empty answer.
 *
 * @param {string} answer
 * @param {readonly string[]} accepted
 * @returns {{ exactMatch: number, f1: number }}
 */
export function score(answer, accepted) {
  const all = accepted.length === 0 ? [''] : accepted;
  return {
    exactMatch: Math.max(...all.map((expected) => exactMatch(answer, expected))),
    f1: Math.max(...all.map((expected) => f1(answer, expected))),
  };
}

/**
 * Of several people's answers the one that agrees most with the others; the shortest of equals.
 *
 * @param {readonly string[]} answers
 */
export function consensus(answers) {
  const agreement = (answer) => answers.reduce((sum, other) => sum + f1(answer, other), 0);
  return [...answers].sort((a, b) => agreement(b) - agreement(a) || a.length - b.length)[0];
}
