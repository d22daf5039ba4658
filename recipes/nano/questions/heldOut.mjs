/** Questions of the articles that no training sees, and how well they are answered. */
import { notInDocuments } from '../sentences.mjs';
import { isHeldOut } from '../split.mjs';
import { score } from './score.mjs';

/**
 * Each question with its whole paragraph as the one document.
 *
 * @param {any[]} rows of SQuAD
 */
export function heldOutQuestions(rows) {
  return rows
    .filter(({ title }) => isHeldOut(`squad:${title}`))
    .flatMap(({ title, context, qas }) =>
      qas.map(({ question, answers }) => ({
        task: 'squad',
        group: title,
        accepted: answers,
        chat: {
          messages: [{ role: 'user', content: question.trim().replace(/\s+/g, ' ') }],
          documents: [{ title, text: context }],
        },
        answer: { role: 'assistant', content: answers[0] ?? notInDocuments },
      })),
    );
}

/**
 * `count` of a list, evenly spread; all of it if there are no more.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} count
 */
export function spread(list, count) {
  if (count >= list.length) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);
}

/**
 * Means of exact match and F1, of questions with an answer and of those without apart. The sentence that the documents do
 * not say counts as no answer.
 *
 * @param {readonly { accepted: readonly string[], given: string }[]} answered
 */
export function summarize(answered) {
  const scored = answered.map(({ accepted, given }) => {
    const isNothing = given.trim() === notInDocuments;
    return { accepted, isNothing, ...score(isNothing ? '' : given, accepted) };
  });
  const mean = (some) => {
    const of = (value) =>
      some.length === 0 ? null : some.reduce((sum, one) => sum + Number(value(one)), 0) / some.length;
    return {
      questions: some.length,
      exactMatch: of((one) => one.exactMatch),
      f1: of((one) => one.f1),
      saysNothing: of((one) => one.isNothing),
    };
  };
  return {
    answerable: mean(scored.filter(({ accepted }) => accepted.length > 0)),
    unanswerable: mean(scored.filter(({ accepted }) => accepted.length === 0)),
    all: mean(scored),
  };
}
