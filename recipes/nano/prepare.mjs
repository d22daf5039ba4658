/**
 * Everything that `nano.json` trains on, from the public sources that README.md names:
 *
 *     node recipes/nano/prepare.mjs --data DIR --out DIR [--vocab-size 4096] [--seed 1]
 *
 * writes `text/KIND.jsonl.gz` and `chats/KIND.jsonl.gz` to learn from, `heldout/KIND.jsonl.gz` and `heldout/KIND.txt` to
 * measure on, and `tokenizer/`, learned from the first two. The same sources and seed give the same bytes.
 */
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { generatedChats, generatedTexts } from './generated/index.mjs';
import { choiceChats, pairChats, phraseChats } from './generated/lookingUp.mjs';
import {
  countingChats,
  drillChats,
  mixedChats,
  placesChats,
  practiceChats,
  practiceTexts,
  repetitions,
  wordsOf,
} from './generated/practice.mjs';
import { clozeChats } from './questions/cloze.mjs';
import { questionChats } from './questions.mjs';
import { textKinds, textsOfKind } from './text.mjs';
import { toolChats } from './tools.mjs';
import { writeTokenizer } from './vocabulary.mjs';
import { wrappedTexts } from './wrapped.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    'vocab-size': { type: 'string', default: '4096' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.data === undefined || values.out === undefined) {
  console.error('usage: node recipes/nano/prepare.mjs --data DIR --out DIR [--vocab-size N] [--seed S]');
  process.exit(2);
}
const { data, out } = values;
const seed = Number(values.seed);

/** Of all generated conversations and texts: six million tokens of chats. */
const generatedCount = { chats: 40_000, texts: 10_000 };
const practiceCount = {
  chats: 40_000,
  drills: 30_000,
  counting: 20_000,
  places: 40_000,
  mixed: 20_000,
  texts: 40_000,
  repetitions: 60_000,
  pairs: 40_000,
  phrases: 8_000,
  choices: 8_000,
  cloze: 24_000,
};

/** Kinds of texts that begin with a title and say many things of many names. */
const titledKinds = ['articles', 'introductions', 'news'];

/** JSON lines in gzip, written beside their place and renamed. */
async function writeLines(name, records) {
  const path = join(out, name);
  mkdirSync(dirname(path), { recursive: true });
  const gzip = createGzip();
  const file = gzip.pipe(createWriteStream(`${path}.incomplete`));
  let lines = 0;
  let bytes = 0;
  for await (const record of records) {
    const line = `${JSON.stringify(record)}\n`;
    lines++;
    bytes += Buffer.byteLength(line);
    if (!gzip.write(line)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end();
  await finished(file);
  renameSync(`${path}.incomplete`, path);
  console.log(`${name}: ${lines} lines, ${(bytes / 1e6).toFixed(1)} MB`);
}

/** The texts to learn from; those that are held out go to `heldOut`. */
async function* learned(kind, heldOut) {
  for await (const { text, heldOut: isHeldOut } of textsOfKind(kind, data)) {
    if (isHeldOut) heldOut.push(text);
    else yield { text };
  }
}

/** Texts to learn from, apart from their titles. */
async function titledTexts() {
  const titled = [];
  for (const kind of titledKinds) {
    for await (const { text } of learned(kind, [])) {
      const [title, ...paragraphs] = text.split('\n\n');
      if (paragraphs.length > 0) titled.push({ title, text: paragraphs.join('\n') });
    }
  }
  return titled;
}

/** The books once more, in lines; those that are held out in lines too, to be measured. */
async function writeWrapped() {
  const kept = [];
  const books = [];
  for await (const { text } of learned('books', kept)) books.push(text);
  await writeLines('wrapped/books.jsonl.gz', wrappedTexts(books, seed));
  const heldOut = [...wrappedTexts(kept, seed)];
  await writeLines('wrapped/heldout.jsonl.gz', heldOut);
  writeFileSync(join(out, 'wrapped/books.txt'), heldOut.map(({ text }) => `${text}\n\n`).join(''));
}

for (const kind of Object.keys(textKinds)) {
  const heldOut = [];
  await writeLines(`text/${kind}.jsonl.gz`, learned(kind, heldOut));
  await writeLines(
    `heldout/${kind}.jsonl.gz`,
    heldOut.map((text) => ({ text })),
  );
  writeFileSync(join(out, `heldout/${kind}.txt`), heldOut.map((text) => `${text}\n\n`).join(''));
}
await writeLines('chats/questions.jsonl.gz', questionChats({ data, seed }));
await writeLines('chats/tools.jsonl.gz', toolChats({ data, seed }));
await writeLines('chats/generated.jsonl.gz', generatedChats({ seed, count: generatedCount.chats }));
await writeLines('text/generated.jsonl.gz', generatedTexts({ seed, count: generatedCount.texts }));

const tokenizer = await writeTokenizer(out, Number(values['vocab-size']));
await writeLines('practice/chats.jsonl.gz', practiceChats({ seed, count: practiceCount.chats }));
await writeLines('practice/drills.jsonl.gz', drillChats({ seed, count: practiceCount.drills }));
await writeLines('practice/counting.jsonl.gz', countingChats({ seed, count: practiceCount.counting }));
await writeLines('practice/places.jsonl.gz', placesChats({ seed, count: practiceCount.places }));
await writeLines('practice/mixed.jsonl.gz', mixedChats({ seed, count: practiceCount.mixed }));
await writeLines('practice/texts.jsonl.gz', practiceTexts({ seed, count: practiceCount.texts }));
const words = wordsOf(tokenizer.json);
await writeLines('practice/repetitions.jsonl.gz', repetitions({ seed, count: practiceCount.repetitions, words }));
const longer = words.filter(({ length }) => length > 2);
await writeLines('practice/pairs.jsonl.gz', pairChats({ seed, count: practiceCount.pairs, words: longer }));
await writeLines('practice/phrases.jsonl.gz', phraseChats({ seed, count: practiceCount.phrases, words: longer }));
await writeLines('practice/choices.jsonl.gz', choiceChats({ seed, count: practiceCount.choices, words: longer }));
await writeLines('practice/cloze.jsonl.gz', clozeChats(await titledTexts(), { seed, count: practiceCount.cloze }));
await writeWrapped();
console.log(`tokenizer: ${tokenizer.vocabularySize} tokens from ${tokenizer.characters} characters`);
