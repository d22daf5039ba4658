/** SQuAD: questions on paragraphs of encyclopedia articles, some of which the paragraph does not answer. */
import { Random } from '../generated/random.mjs';
import { notInDocuments } from '../sentences.mjs';
import { isHeldOut } from '../split.mjs';
import { limits, passageChat, someDocumentChat } from './chats.mjs';
import { Passage } from './passages.mjs';
import { consensus } from './score.mjs';

/** Of the questions that are kept: a third of all are unanswerable, and a small model that is told so says nothing else. */
const unanswerableShare = 0.12;
/** Of the answerable questions, those that are also asked one by one. */
const aloneShare = 0.5;
/** Of the questions asked alone, those whose passage is of another article. */
const elsewhereShare = 0.06;

/**
 * @param {any[]} rows
 * @param {string} path of the random choices
 */
export function* squadChats(rows, path) {
  const paragraphs = rows
    .filter(({ title }) => !isHeldOut(`squad:${title}`))
    .map((row) => ({ title: row.title, passage: new Passage(row.context), questions: readQuestions(row) }));

  for (const [number, { title, passage, questions }] of paragraphs.entries()) {
    const random = new Random(`${path}/squad/${number}`);
    const draw = () => excerpt(random.pick(paragraphs), random);
    const elsewhere = () => {
      for (;;) {
        const other = random.pick(paragraphs);
        if (other.title !== title || paragraphs.every((one) => one.title === title)) return excerpt(other, random);
      }
    };
    yield* together(title, passage, questions, random);

    for (const turn of questions) {
      if (!random.chance(turn.range === undefined ? unanswerableShare : aloneShare)) continue;
      if (turn.range !== undefined && random.chance(elsewhereShare)) {
        const unanswered = { question: turn.question, answer: notInDocuments };
        yield someDocumentChat('squad', unanswered, elsewhere(), random, elsewhere, 0.4);
        continue;
      }
      const several = random.chance(0.4);
      const length = several ? limits.several : random.pick([350, 700, limits.passage]);
      const range = turn.range ?? randomRange(passage, random);
      const text = passage.around(range, length, random) ?? passage.around(range, limits.passage, random);
      if (text !== undefined) yield someDocumentChat('squad', turn, { title, text }, random, draw, several ? 1 : 0);
    }
  }
}

function readQuestions({ context, qas }) {
  const passage = new Passage(context);
  return qas.flatMap(({ question, answers, is_impossible: isImpossible }) => {
    const asked = question.trim().replace(/\s+/g, ' ');
    if (isImpossible) return [{ question: asked, answer: notInDocuments, range: undefined }];
    const answer = consensus(answers);
    const range = passage.evidence(answer, asked);
    return range === undefined ? [] : [{ question: asked, answer, range }];
  });
}

/** All questions of a paragraph in conversations of a few turns, as many as fit its part that they are about. */
function* together(title, passage, questions, random) {
  let left = random.shuffled(questions.filter(({ range }) => range !== undefined || random.chance(unanswerableShare)));
  while (left.length > 0) {
    const wanted = random.between(2, 6);
    /** @type {[number, number] | undefined} */
    let range;
    const turns = [];
    const later = [];
    for (const turn of left) {
      const joined = union(range, turn.range);
      if (
        turns.length < wanted &&
        (joined === undefined || passage.around(joined, limits.passage, random) !== undefined)
      ) {
        range = joined;
        turns.push(turn);
      } else later.push(turn);
    }
    if (turns.length === 0) return;
    const text = passage.around(range ?? randomRange(passage, random), limits.passage, random);
    if (text !== undefined) yield passageChat('squad', turns, { title, text });
    left = later;
  }
}

function union(a, b) {
  if (a === undefined || b === undefined) return a ?? b;
  return /** @type {[number, number]} */ ([Math.min(a[0], b[0]), Math.max(a[1], b[1])]);
}

function randomRange(passage, random) {
  const sentence = random.below(passage.sentences.length);
  return /** @type {[number, number]} */ ([sentence, sentence]);
}

function excerpt({ title, passage }, random) {
  const text = passage.around(randomRange(passage, random), limits.several, random);
  return { title, text: text ?? passage.text.slice(0, limits.several) };
}
