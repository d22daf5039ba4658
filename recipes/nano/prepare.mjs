/**
 * Everything that `nano.json` trains on, from the public sources that README.md names:
 *
 *     node recipes/nano/prepare.mjs --data DIR --out DIR [--vocab-size 4096] [--seed 1]
 *
 * writes `text/KIND.jsonl.gz` and `chats/KIND.jsonl.gz` to learn from, `heldout/KIND.jsonl.gz` and `heldout/KIND.txt` to
 * measure on, and `tokenizer/`, learned from the first two. The same sources and seed give the same bytes.
 */
import { createWriteStream, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { trainTokenizer } from 'jambalaya';
import { documentsOf, textsOf } from 'jambalaya/train';
import { generatedChats, generatedTexts } from './generated/index.mjs';
import { practiceChats, practiceTexts, repetitions, wordsOf } from './generated/practice.mjs';
import { questionChats } from './questions.mjs';
import { specialTokens } from './specials.mjs';
import { textKinds, textsOfKind } from './text.mjs';
import { toolChats } from './tools.mjs';

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
const practiceCount = { chats: 40_000, texts: 40_000, repetitions: 60_000 };

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

/** All that is learned; JSON as the chats' lines have it, a sample of them, so that its pairs of characters are among the merges. */
async function* vocabularyTexts() {
  for (const kind of Object.keys(textKinds)) {
    for await (const piece of documentsOf(join(out, `text/${kind}.jsonl.gz`), {})) yield* textsOf(piece);
  }
  for (const kind of ['questions', 'tools', 'generated']) {
    let n = 0;
    for await (const piece of documentsOf(join(out, `chats/${kind}.jsonl.gz`), { fields: { messages: 'messages' } })) {
      if (n++ % 10 !== 0 && kind !== 'tools') continue;
      yield* textsOf(piece);
      const { tools = [], messages } = piece.chat;
      for (const tool of tools) yield JSON.stringify(tool, null, 2);
      for (const message of messages) {
        for (const call of message.tool_calls ?? []) yield JSON.stringify(call.function ?? call);
      }
    }
  }
}
const tokenizer = await trainTokenizer(vocabularyTexts(), {
  vocabularySize: Number(values['vocab-size']),
  specialTokens,
});
const folder = join(out, 'tokenizer');
mkdirSync(folder, { recursive: true });
const here = dirname(fileURLToPath(import.meta.url));
const config = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: '<|startoftext|>',
  eos_token: '<|endoftext|>',
  pad_token: '<|pad|>',
  unk_token: '<|unk|>',
  clean_up_tokenization_spaces: false,
  model_max_length: 8192,
};
const generation = { bos_token_id: 1, eos_token_id: [2, specialTokens.indexOf('<|eom|>')], pad_token_id: 0 };
writeFileSync(join(folder, 'tokenizer.json'), tokenizer.json);
writeFileSync(join(folder, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`);
writeFileSync(join(folder, 'generation_config.json'), `${JSON.stringify(generation, null, 2)}\n`);
writeFileSync(join(folder, 'chat_template.jinja'), readFileSync(join(here, 'chat_template.jinja'), 'utf8'));
await writeLines('practice/chats.jsonl.gz', practiceChats({ seed, count: practiceCount.chats }));
await writeLines('practice/texts.jsonl.gz', practiceTexts({ seed, count: practiceCount.texts }));
const words = wordsOf(tokenizer.json);
await writeLines('practice/repetitions.jsonl.gz', repetitions({ seed, count: practiceCount.repetitions, words }));
console.log(`tokenizer: ${tokenizer.vocabularySize} tokens from ${tokenizer.characters} characters`);
