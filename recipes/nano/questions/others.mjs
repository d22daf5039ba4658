/** Natural Questions with the passage that answers, PubMedQA's yes, no or maybe on abstracts, and questions on fairy tales. */
import { Random } from '../generated/random.mjs';
import { notInDocuments } from '../sentences.mjs';
import { isHeldOut } from '../split.mjs';
import { documentChat, limits, passageChat, someDocumentChat } from './chats.mjs';
import { bytesOf, Passage } from './passages.mjs';
import { normalized } from './score.mjs';

/**
 * Each question once: with its passage, alone or among others, or with another passage, which does not answer.
 *
 * @param {any[]} rows
 * @param {string} path of the random choices
 */
export function* naturalQuestionChats(rows, path) {
  const name = 'natural questions';
  const read = rows
    .filter(({ question }) => !isHeldOut(`nq:${question}`))
    .map((row) => ({ ...row, passage: new Passage(row.passage) }));
  for (const [number, { question, answers, title, passage }] of read.entries()) {
    const random = new Random(`${path}/nq/${number}`);
    const shortest = [...answers].sort((a, b) => a.length - b.length);
    const found = shortest
      .map((answer) => ({ answer, range: passage.evidence(answer, question) }))
      .find(({ range }) => range !== undefined);
    if (found === undefined) continue;
    const draw = () => {
      const other = random.pick(read);
      const text = other.passage.around([0, 0], limits.several, random) ?? other.passage.text.slice(0, limits.several);
      return { title: other.title, text };
    };
    if (random.chance(0.08)) {
      const other = draw();
      const holds = answers.some((answer) => other.text.toLowerCase().includes(answer.toLowerCase()));
      if (!holds) yield someDocumentChat(name, { question, answer: notInDocuments }, other, random, draw, 0.4);
      continue;
    }
    const several = random.chance(0.4);
    const text = passage.around(found.range, several ? limits.several : limits.passage, random);
    if (text === undefined) continue;
    yield someDocumentChat(name, { question, answer: found.answer }, { title, text }, random, draw, several ? 1 : 0);
  }
}

/** Bytes of an abstract: its last part, where the results are. */
const abstractBytes = 1000;

/** @param {any[]} rows */
export function* pubmedChats(rows) {
  for (const { question, contexts, final_decision: answer } of rows) {
    if (isHeldOut(`pubmedqa:${question}`)) continue;
    const passage = new Passage(contexts.join('\n'));
    let first = passage.sentences.length - 1;
    const from = (sentence) => passage.sentences.slice(sentence).join('');
    while (first > 0 && bytesOf(from(first - 1)) <= abstractBytes) first--;
    const asked = `${question} Answer yes, no or maybe.`;
    yield documentChat('pubmed', { question: asked, answer }, { text: from(first).trim() });
  }
}

/** UTF-8 bytes of the longest answer about a tale. */
const taleAnswerBytes = 80;

/**
 * Questions whose answer the tale says, with the sections that hold it; in turn where they share them, some alone.
 *
 * @param {any[]} questions
 * @param {any[]} stories
 * @param {string} path of the random choices
 */
export function* fairytaleChats(questions, stories, path) {
  const name = 'fairy tales';
  const sections = new Map(
    stories.flatMap(({ story, sections: all }) =>
      all.map(({ section, text }) => [`${story}/${section}`, unwrapped(text)]),
    ),
  );
  const bySections = new Map();
  for (const { story, question, answers, sections: numbers, ex_or_im: kind } of questions) {
    const text = numbers.map((number) => sections.get(`${story}/${number}`) ?? '').join('\n');
    if (text.trim() === '' || bytesOf(text) > limits.passage) continue;
    const said = answers.find((answer) => normalized(text).includes(normalized(answer)));
    const answer = (said ?? answers[0]).trim().replace(/\.$/, '');
    if ((kind !== 'explicit' && said === undefined) || bytesOf(answer) > taleAnswerBytes || answer === '') continue;
    const key = `${story}/${numbers.join(' ')}`;
    if (!bySections.has(key)) bySections.set(key, { title: titleOf(story), text: text.trim(), turns: [] });
    bySections.get(key).turns.push({ question: question.trim().replace(/\s+/g, ' '), answer });
  }
  const all = [...bySections.values()];
  const short = all.filter(({ text }) => bytesOf(text) <= limits.several);
  for (const [number, { title, text, turns }] of all.entries()) {
    const random = new Random(`${path}/tales/${number}`);
    const left = random.shuffled(turns);
    while (left.length > 0) yield passageChat(name, left.splice(0, random.between(2, 6)), { title, text });
    for (const turn of turns) {
      if (!random.chance(0.3)) continue;
      const several = short.length > 0 && bytesOf(text) <= limits.several && random.chance(0.4);
      yield someDocumentChat(name, turn, { title, text }, random, () => random.pick(short), several ? 1 : 0);
    }
  }
}

/** Without the ends of lines that end no sentence. */
const unwrapped = (text) => text.replace(/([^\n.!?:"'”’])\n(?=\S)/g, '$1 ');

/** `the-snow-queen` as `The snow queen`; other names stay. */
function titleOf(story) {
  const words = story.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
