/** The forms in which a question about a passage is asked and answered. */
import { notInDocuments } from '../sentences.mjs';

/** UTF-8 bytes: of the longest conversation, and of passages by their form. Three bytes and more make a token. */
export const limits = { chat: 2600, passage: 1700, several: 650 };

/**
 * @typedef {{ title?: string, text: string }} Source
 * @typedef {{ question: string, answer: string }} Turn
 * @typedef {{ source: string, messages: object[], documents?: object[], knobs?: object }} Chat
 */

/** What the model says; the sentence is the same whenever there is nothing to be found. */
export const answerOf = (answers) => (answers.length === 0 ? notInDocuments : answers[0]);

/**
 * A question with its passage as a document, among others if there are some.
 *
 * @param {string} source
 * @param {Turn} turn
 * @param {Source} document
 * @param {{ others?: readonly Source[], at?: number, cites?: boolean }} [options] `at`: its place among the others
 * @returns {Chat}
 */
export function documentChat(source, { question, answer }, document, { others = [], at = 0, cites = false } = {}) {
  const documents = [...others.slice(0, at), document, ...others.slice(at)];
  const supporting = answer === notInDocuments ? [] : [{ document_id: at }];
  const said = { role: 'assistant', content: answer, ...(cites ? { citations: supporting } : {}) };
  return {
    source,
    messages: [{ role: 'user', content: question }, said],
    documents: documents.map(({ title, text }) => ({ ...(title === undefined ? {} : { title }), text })),
    ...(cites ? { knobs: { is_set: true, citation_mode: 'fast' } } : {}),
  };
}

/**
 * Questions in turn about a passage that stands before the first of them.
 *
 * @param {string} source
 * @param {readonly Turn[]} turns
 * @param {Source} passage
 * @returns {Chat}
 */
export function passageChat(source, turns, { title, text }) {
  const passage = title === undefined ? text : `${title}\n\n${text}`;
  const messages = turns.flatMap(({ question, answer }, i) => [
    { role: 'user', content: i === 0 ? `${passage}\n\n${question}` : question },
    { role: 'assistant', content: answer },
  ]);
  return { source, messages };
}

/**
 * The same, by chance with documents that have nothing to do with it, and with or without citations.
 *
 * @param {string} source
 * @param {Turn} turn
 * @param {Source} document
 * @param {import('../generated/random.mjs').Random} random
 * @param {() => Source} draw another document
 * @param {number} several the probability of more than one document
 */
export function someDocumentChat(source, turn, document, random, draw, several) {
  if (!random.chance(several)) return documentChat(source, turn, document, { cites: random.chance(0.1) });
  const count = random.between(1, 2);
  const says = (text) => text.toLowerCase().includes(turn.answer.toLowerCase());
  /** @type {Source[]} */
  const others = [];
  for (let tries = 0; others.length < count && tries < 20; tries++) {
    const other = draw();
    if (!says(other.text) && other.text !== document.text) others.push(other);
  }
  return documentChat(source, turn, document, {
    others,
    at: random.below(others.length + 1),
    cites: random.chance(0.75),
  });
}

/** Bytes of everything that a conversation says and reads, without what the template adds. */
export function chatBytes({ messages, documents = [], tools = [] }) {
  const texts = [
    ...messages.map(({ content, tool_calls }) => (content ?? '') + (tool_calls ? JSON.stringify(tool_calls) : '')),
    ...documents.flatMap(({ title = '', text }) => [title, text]),
    ...tools.map((tool) => JSON.stringify(tool.function ?? tool, null, 2)),
  ];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
