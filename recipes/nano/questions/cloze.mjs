/**
 * Questions made of texts: a sentence loses a date, a number, a name or what something is, and is asked for it, as in
 * unsupervised question answering by cloze translation (Lewis et al., arXiv 1906.04980). They are many where real
 * questions are few, and not always English: what they train is to find the sentence that shares the question's words, and to copy from it.
 */
import { Random } from '../generated/random.mjs';
import { notInDocuments } from '../sentences.mjs';
import { isHeldOut } from '../split.mjs';
import { limits, passageChat, someDocumentChat } from './chats.mjs';
import { bytesOf, Passage } from './passages.mjs';

const months = 'January|February|March|April|May|June|July|August|September|October|November|December';
const name = String.raw`\p{Lu}[\p{L}'’.-]*\p{L}(?: (?:of |the |de |von |van )?\p{Lu}[\p{L}'’-]*\p{L})*`;

/** What can be asked for: how it looks in a text, with the group `answer`, and which words ask for it. */
const kinds = [
  {
    of: new RegExp(
      String.raw`(?<=[\s(])(?:on |On )?(?<answer>(?:\d{1,2} (?:${months})|(?:${months}) \d{1,2})(?:,? \d{4})?)(?!\d)`,
      'gu',
    ),
    asks: ['when', 'when', 'on what date', 'on which day'],
  },
  {
    of: /(?<=[\s(])(?:in |In |since |from |until )?(?<answer>1[0-9]{3}|20[01][0-9])(?=[\s,.;)])/gu,
    asks: ['when', 'when', 'in what year', 'in which year'],
  },
  {
    of: /(?<=\s)(?<answer>\d[\d,.]*\d(?: (?:million|billion|percent|per cent|thousand))?|\d)(?= [\p{Ll}%])/gu,
    asks: ['how many', 'how many', 'how much', 'what number of'],
  },
  {
    of: new RegExp(String.raw`(?<=\s)(?:in|at|near|from|to|of) (?:the )?(?<answer>${name})(?=[\s,.;:)])`, 'gu'),
    asks: ['where', 'where', 'in what place', 'what'],
  },
  { of: new RegExp(String.raw`(?<=\s)by (?:the )?(?<answer>${name})(?=[\s,.;:)])`, 'gu'), asks: ['by whom', 'who'] },
  {
    of: new RegExp(
      String.raw`(?:(?<=[\s"(])|^)(?<answer>${name})(?= (?:was|is|has|had|said|became|wrote|won|told|announced)\s)`,
      'gu',
    ),
    asks: ['who', 'who', 'what', 'which'],
  },
  { of: new RegExp(String.raw`(?<=[\p{Ll},] )(?<answer>${name})(?=[\s,.;:)])`, 'gu'), asks: ['what', 'who', 'which'] },
  {
    of: /(?<=\s)(?:is|was|are|were) (?<answer>(?:an?|the) [\p{Ll}-]+(?: [\p{Ll}-]+){0,3}?)(?=[,.;]| (?:that|which|who|in|of|from|by|for|and)\s)/gu,
    asks: ['what'],
  },
  {
    of: /(?<=\s)(?<answer>the [\p{Ll}-]{4,}(?: [\p{Ll}-]{4,})?)(?=[,.;]| (?:of|in|and|to|was|is)\s)/gu,
    asks: ['what', 'which thing'],
  },
];

const helpers =
  /^(?<before>(?:[^\s,]+ ){1,7}?)(?<helper>was|is|were|are|had|has|have|can|could|will|would|did|may) (?<rest>.+)$/su;
const fills = [
  'Fill in the gap: {q}',
  'What belongs in the gap? {q}',
  'Complete this: {q}',
  '{q} What is left out?',
  'What is missing here? {q}',
];

/** Bytes of the longest sentence that is asked about, and of the longest answer. */
const most = { sentence: 320, answer: 60 };

/** All parts of a sentence that can be asked for. */
function partsOf(sentence) {
  return kinds.flatMap(({ of, asks }) =>
    [...sentence.matchAll(of)].map((match) => {
      const { answer } = match.groups;
      return { answer, asks, from: match.index, to: match.index + match[0].length };
    }),
  );
}

const beginners =
  /^(?:The|A|An|In|On|At|By|For|From|After|It|He|She|They|We|This|These|His|Her|Its|Their|There|According) /u;

/** A sentence's beginning as it is written elsewhere in a sentence; names keep their capitals. */
const continued = (text) => (beginners.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** "The tower was built" to "was the tower built"; a sentence without a helping verb stays as it is. */
function asked(statement) {
  const { before, helper, rest } = helpers.exec(statement)?.groups ?? {};
  return helper === undefined ? continued(statement) : `${helper} ${continued(before)}${rest}`;
}

/** At most `count` words of a text, its last or its first ones. */
function nearest(text, count, end) {
  const words = text.trim().split(/\s+/).filter(Boolean);
  return (end === 'last' ? words.slice(Math.max(0, words.length - count)) : words.slice(0, count)).join(' ');
}

/** Without what the part that is asked for leaves behind: commas in a row, brackets and quotation marks that open or close nothing. */
const tidy = (text) =>
  text
    .replace(/["“”()[\]]/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/\s+(?=[,.;:?])|,(?=,)/g, '')
    .replace(/[\s,;:.]+$/u, '')
    .trim();

/** A question for one part of a sentence. */
function questionFor(random, sentence, { asks, from, to }) {
  const [before, after] = [sentence.slice(0, from), sentence.slice(to)];
  if (random.chance(0.15)) {
    const gap = `${nearest(before, random.between(4, 14), 'last')} ___ ${nearest(after, random.between(3, 10), 'first')}`;
    return random.pick(fills).replace('{q}', () => tidy(gap));
  }
  const ask = random.pick(asks);
  const rest = tidy(after);
  if (before.trim() === '') return `${capitalized(ask)} ${nearest(rest, 16, 'first')}?`;
  const statement = random.chance(0.75) ? before.trim() : nearest(before, random.between(5, 12), 'last');
  const context = random.chance(0.5) ? ` ${nearest(rest, random.between(2, 8), 'first')}` : '';
  return `${capitalized(ask)} ${tidy(`${asked(statement)}${context}`)}?`;
}

const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Questions about sentences of a passage, at most one a sentence, whose answers stand in it once. */
function turnsOf(passage, random) {
  return passage.sentences.flatMap((whole) => {
    const sentence = whole.trim();
    if (bytesOf(sentence) > most.sentence || sentence.includes('\n')) return [];
    const parts = partsOf(sentence).filter(
      ({ answer }) => bytesOf(answer) <= most.answer && passage.text.split(answer).length === 2,
    );
    if (parts.length === 0) return [];
    const part = random.pick(parts);
    return [{ question: questionFor(random, sentence, part), answer: part.answer }];
  });
}

/**
 * Two conversations on each of `count` excerpts: the questions in turn, and one of them with its passage as a document, which may not
 * be the passage that says it.
 *
 * @param {readonly { title: string, text: string }[]} texts articles that SQuAD's kept questions are about are left out
 * @param {{ seed: number | string, count: number }} options
 * @returns {Generator<import('./chats.mjs').Chat>}
 */
export function* clozeChats(texts, { seed, count }) {
  const source = 'cloze';
  const allowed = texts.filter(({ title }) => !isHeldOut(`squad:${title.replaceAll(' ', '_')}`));
  if (allowed.length === 0) return;
  for (let i = 0; i < count; i++) {
    const random = new Random(`${seed}/cloze/${i}`);
    const excerptOf = (bytes) => {
      const { title, text } = random.pick(allowed);
      const whole = new Passage(text);
      const sentence = random.below(whole.sentences.length);
      return { title, text: whole.around([sentence, sentence], bytes, random) ?? text.slice(0, bytes) };
    };
    const excerpt = excerptOf(random.pick([300, 500, 700, 1000, limits.passage]));
    const turns = random.shuffled(turnsOf(new Passage(excerpt.text), random));
    if (turns.length === 0) continue;
    yield passageChat(source, turns.slice(0, random.between(2, 7)), excerpt);
    const several = bytesOf(excerpt.text) <= limits.several && random.chance(0.4);
    const draw = () => excerptOf(limits.several);
    const [turn] = turns;
    if (random.chance(0.1)) {
      const other = draw();
      if (!other.text.includes(turn.answer))
        yield someDocumentChat(source, { ...turn, answer: notInDocuments }, other, random, draw, 0.4);
    } else yield someDocumentChat(source, turn, excerpt, random, draw, several ? 1 : 0);
  }
}
