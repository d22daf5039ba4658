/** Which passages an answer rests on, and which of their sentences says most of a question: by words, without a model. */
import { type Passage, searchedText, termsOf } from '../../retrieval/index.js';
import { doNotSay } from './prompt.js';

/** An answer of other words than these shares of a passage's does not rest on it. */
const leastShare = 0.6;

/** Words that carry nothing of an answer or a question. */
const empty = new Set(
  'a an and are as at be by for from has he her his in is it its of on or that the their they this to was were which with yes no who whom whose what when where why how do does did can could would should there i you we'.split(
    ' ',
  ),
);

/** Whether an answer says that the passages do not say. */
export function saysNothing(answer: string): boolean {
  const text = answer.trim().toLowerCase();
  if (text === '' || text.startsWith(doNotSay.toLowerCase().slice(0, -1))) return true;
  return /\b(documents?|passages?|text|context)\b.{0,30}\b(do|does|did)(n['’]t| not) (say|mention|state|contain|provide|specify)/.test(
    text,
  );
}

/** The passages that the answer names in brackets, by their numbers from 0; the answer without the brackets. */
export function namedPassages(
  answer: string,
  count: number,
): { readonly text: string; readonly named: readonly number[] } {
  const named = new Set<number>();
  for (const match of answer.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)) {
    for (const number of match[1]!.split(','))
      if (Number(number) >= 1 && Number(number) <= count) named.add(Number(number) - 1);
  }
  const text = answer.replace(/\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]/g, '').trim();
  return { text, named: [...named].sort((a, b) => a - b) };
}

/** The share of the answer's words that a passage has; words of the question count only if there are no others. */
export function supportOf(answer: string, passage: Passage, question: string): number {
  const all = [...new Set(termsOf(answer))].filter((term) => !empty.has(term));
  const asked = new Set(termsOf(question));
  const own = all.filter((term) => !asked.has(term));
  const terms = own.length > 0 ? own : all;
  if (terms.length === 0) return 0;
  const there = new Set(termsOf(searchedText(passage)));
  return terms.filter((term) => there.has(term)).length / terms.length;
}

/** The passages that have most of the answer's words, by their numbers; none if all have too few. */
export function supporting(answer: string, passages: readonly Passage[], question: string): readonly number[] {
  const shares = passages.map((passage) => supportOf(answer, passage, question));
  const best = Math.max(0, ...shares);
  return best < leastShare ? [] : shares.flatMap((share, i) => (share === best ? [i] : []));
}

/** The share of a question's words that a passage has. */
export function coverageOf(question: string, passage: Passage): number {
  const asked = [...new Set(termsOf(question))].filter((term) => !empty.has(term));
  if (asked.length === 0) return 0;
  const there = new Set(termsOf(searchedText(passage)));
  return asked.filter((term) => there.has(term)).length / asked.length;
}

/** The sentence of a passage that has most of the question's words, the first of several. */
export function bestSentence(passage: Passage, question: string): string {
  const asked = new Set(termsOf(question).filter((term) => !empty.has(term)));
  const sentences = passage.text.replace(/\s+/g, ' ').match(/[^.!?。！？]+(?:[.!?。！？]+["'”’)\]]*|$)(?:\s|$)?/g) ?? [
    passage.text,
  ];
  let best = '';
  let most = -1;
  for (const sentence of sentences) {
    const found = new Set(termsOf(sentence).filter((term) => asked.has(term))).size;
    if (found > most) {
      most = found;
      best = sentence;
    }
  }
  return best.trim();
}
