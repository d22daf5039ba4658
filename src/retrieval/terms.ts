/**
 * Text as terms, of passages and of queries alike.
 *
 * Letters are compared without case, accents and compatibility forms (NFKD, U+0300 to U+036F dropped); a term is a run of
 * letters, their marks and digits; scripts that are written without spaces give every two neighbouring characters as a term; English plurals are cut
 * by Harman's S-stemmer ("How effective is suffixing?", 1991). There is no list of stop words: what stands everywhere weighs next to
 * nothing.
 */

/** Changes with every change of what terms a text has. */
export const termsVersion = 1;

const runs = /[\p{L}\p{M}\p{N}]+/gu;
const accents = /[\u0300-\u036f]/g;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const isUnspaced = new RegExp(unspaced.source, 'u');
const isSpecial = /[^ -~\s]/;

/** Longer runs are no words: of such the beginning counts. */
const longestTerm = 64;

/** The terms of a text, in its order, as often as they stand there. */
export function termsOf(text: string): string[] {
  const special = isSpecial.test(text);
  const plain = (special ? text.normalize('NFKD').replace(accents, '') : text).toLowerCase();
  const terms: string[] = [];
  for (const [run] of plain.matchAll(runs)) {
    if (special && isUnspaced.test(run)) addUnspaced(run, terms);
    else terms.push(stemmed(run));
  }
  return terms;
}

/** Pairs of characters where no spaces are written, and what is between such stretches as it is. */
function addUnspaced(run: string, terms: string[]): void {
  let done = 0;
  for (const match of run.matchAll(unspaced)) {
    if (match.index > done) terms.push(stemmed(run.slice(done, match.index)));
    const characters = [...match[0]];
    if (characters.length === 1) terms.push(match[0]);
    for (let i = 0; i + 1 < characters.length; i++) terms.push(characters[i]! + characters[i + 1]!);
    done = match.index + match[0].length;
  }
  if (done < run.length) terms.push(stemmed(run.slice(done)));
}

function stemmed(run: string): string {
  const term = run.length > longestTerm ? run.slice(0, longestTerm) : run;
  if (term.length < 3 || !term.endsWith('s')) return term;
  if (term.length > 3 && term.endsWith('ies')) return /[ea]ies$/.test(term) ? term : `${term.slice(0, -3)}y`;
  if (term.length > 3 && term.endsWith('es')) return /[aeo]es$/.test(term) ? term : term.slice(0, -1);
  return /[us]s$/.test(term) ? term : term.slice(0, -1);
}
