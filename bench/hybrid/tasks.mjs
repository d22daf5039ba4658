/**
 * What the models of the comparison learn and are measured on, byte by byte: text, recall of pairs, and a task whose labels and
 * format only the prompt shows. Every document is a segment of its own.
 *
 *     text      windows of plays
 *     recall    A7k…: `AkQcMz|QcAkMz`: pairs of a capital and a small letter, then the same keys in another order; the
 *               values after them are learned and asked
 *     format    `H -> "ku"; T -> "zab"; C -> "ku"; …`: capitals up to M have one label, those after it the other. The two labels, the
 *               arrow, the quotes and the end are drawn for each document. Learned is everything after the arrow
 *               once both labels were shown; asked is one capital after two or three examples of each label
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ignoredLabel } from 'jambalaya/nn';

/** Bytes, and the token that begins a document. */
export const vocabularySize = 257;
const begin = 256;

/** A seeded generator (Mulberry32, in the public domain): the next number is from 0 to below 1. */
export function generator(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(uniform() * count);
  const shuffled = (items) => {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  };
  return { below, pick: (items) => items[below(items.length)], shuffled };
}

const dataFolder = fileURLToPath(new URL('../../recipes/data/', import.meta.url));

/** The plays that ship with the recipes: one string of bytes to learn, and one to measure on. */
export function readTexts(folder = dataFolder) {
  const read = (name) => {
    const lines = gunzipSync(readFileSync(`${folder}/${name}`))
      .toString('utf8')
      .split('\n');
    const texts = lines.filter((line) => line !== '').map((line) => JSON.parse(line).text);
    return Buffer.from(texts.join('\n\n'), 'utf8');
  };
  return { train: read('shakespeare-train.jsonl.gz'), heldOut: read('shakespeare-heldout.jsonl.gz') };
}

/** A document in the making: tokens, and which of them are learned. */
class Document {
  ids = [begin];
  learned = [false];

  add(bytes, learned) {
    for (const byte of typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes) {
      this.ids.push(byte);
      this.learned.push(learned);
    }
    return this;
  }
}

/** `length` bytes of a text, all learned. */
export const textDocument = (text, start, length) => new Document().add(text.subarray(start, start + length), true);

const capitals = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const smallLetters = capitals.map((letter) => letter.toLowerCase());

/** `count` pairs (at most 26) with different keys, each asked once. */
export function recallDocument(random, count) {
  const pairs = random
    .shuffled(capitals)
    .slice(0, count)
    .map((key) => [key, random.pick(smallLetters)]);
  const document = new Document().add(`${pairs.flat().join('')}|`, false);
  for (const [key, value] of random.shuffled(pairs)) document.add(key, false).add(value, true);
  return document;
}

const arrows = [' -> ', ': ', '=', '>', ' is ', ' | ', ' ~ ', '/'];
const quotes = ['""', '()', '[]', '<>', '', '**'];
const ends = ['; ', '\n', ', ', '. ', ' & '];

/** A twentieth of the labels and a fifth of the formats are kept for measuring, which is done on those alone. */
const isReservedLabel = (label) => [...label].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 20 === 0;
const isReservedFormat = (a, q, e) => (a + 2 * q + 3 * e) % 5 === 0;

function drawFormat(random, reserved) {
  for (;;) {
    const [a, q, e] = [random.below(arrows.length), random.below(quotes.length), random.below(ends.length)];
    if (isReservedFormat(a, q, e) !== reserved) continue;
    const quote = quotes[q];
    return { arrow: arrows[a], wrap: (label) => `${quote[0] ?? ''}${label}${quote[1] ?? ''}${ends[e]}` };
  }
}

/** Two labels of two or three letters, which differ in the first. */
function drawLabels(random, reserved) {
  const draw = () => {
    for (;;) {
      const label = Array.from({ length: 2 + random.below(2) }, () => random.pick(smallLetters)).join('');
      if (isReservedLabel(label) === reserved) return label;
    }
  };
  for (;;) {
    const labels = [draw(), draw()];
    if (labels[0][0] !== labels[1][0]) return labels;
  }
}

const labelOf = (capital) => (capital <= 'M' ? 0 : 1);

/** `shots` examples of each label in any order, then `more` capitals of any label. */
function drawFormatTask(random, shots, more, reserved) {
  const { arrow, wrap } = drawFormat(random, reserved);
  const answers = drawLabels(random, reserved).map(wrap);
  const of = (label) => random.pick(capitals.filter((capital) => labelOf(capital) === label));
  const examples = random.shuffled(Array.from({ length: 2 * shots }, (_, i) => i % 2)).map(of);
  const asked = Array.from({ length: more }, () => random.pick(capitals));
  return { arrow, answers, examples, asked };
}

/** A document to learn: answers count from the one after which both labels have been shown. */
export function formatDocument(random) {
  const { arrow, answers, examples, asked } = drawFormatTask(random, 2 + random.below(2), 2, false);
  const document = new Document();
  const shown = new Set();
  for (const capital of [...examples, ...asked]) {
    document.add(`${capital}${arrow}`, false).add(answers[labelOf(capital)], shown.size === 2);
    shown.add(labelOf(capital));
  }
  return document;
}

/**
 * A question to be measured on, once with the right answer and once with the other, of which only the answer is asked.
 *
 * @returns {[Document, Document]}
 */
export function formatQuestion(random, shots) {
  const { arrow, answers, examples, asked } = drawFormatTask(random, shots, 1, true);
  const prompt = examples.map((capital) => `${capital}${arrow}${answers[labelOf(capital)]}`).join('');
  const right = labelOf(asked[0]);
  const answered = (label) => new Document().add(`${prompt}${asked[0]}${arrow}`, false).add(answers[label], true);
  return [answered(right), answered(1 - right)];
}

/** Documents as the trainer and the model take them: each a segment, labels moved by one. */
export function batchOf(documents) {
  const lengths = documents.map(({ ids }) => ids.length - 1);
  const ids = Int32Array.from(documents.flatMap((document) => document.ids.slice(0, -1)));
  const labels = Int32Array.from(
    documents.flatMap(({ ids, learned }) => ids.slice(1).map((id, i) => (learned[i + 1] ? id : ignoredLabel))),
  );
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets[offsets.length - 1] + length);
  const countedLabels = labels.filter((label) => label >= 0).length;
  return { ids, labels, lengths, offsets: Int32Array.from(offsets), countedLabels, bytes: countedLabels };
}

/** A batch to learn: three eighths of its tokens are text, two recall, and three format. */
export function trainingBatch(random, text, { context, tokens }) {
  const documents = [];
  const fill = (share, draw) => {
    for (let left = share * tokens; left > 0; ) {
      const document = draw();
      documents.push(document);
      left -= document.ids.length - 1;
    }
  };
  fill(3 / 8, () => textDocument(text, random.below(text.length - context), context));
  fill(1 / 4, () => recallDocument(random, 2 + random.below(15)));
  fill(3 / 8, () => formatDocument(random));
  return batchOf(documents);
}

/** Pairs of a recall document when measuring; more than 16 are never learned. */
export const pairCounts = [2, 4, 8, 16, 24];
export const shotCounts = [2, 3];

/** What every model is measured on, always the same. */
export function measurement(text, { context, heldOutTokens, items }) {
  const random = generator(20_000_000);
  const windows = Math.min(Math.floor(heldOutTokens / context), Math.floor(text.length / context));
  return {
    text: Array.from({ length: windows }, (_, i) => textDocument(text, i * context, context)),
    recall: pairCounts.map((count) => Array.from({ length: items }, () => recallDocument(random, count))),
    format: shotCounts.map((shots) => Array.from({ length: items }, () => formatQuestion(random, shots))),
  };
}
