/** What `node questions.mjs` and `node tools.mjs` print: some conversations as the template renders them, and totals. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Tokenizer, trainTokenizer } from 'jambalaya';
import { Random } from './generated/random.mjs';
import { specialTokens } from './specials.mjs';

/** @param {(options: { data: string, seed: number }) => AsyncIterable<any>} chatsOf */
export async function printChats(chatsOf) {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      sample: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.data === undefined) {
    console.error('usage: node recipes/nano/FILE.mjs --data DIR [--sample N] [--seed S]');
    process.exit(2);
  }
  const chatTemplate = readFileSync(new URL('chat_template.jinja', import.meta.url), 'utf8');
  const { json } = await trainTokenizer(['a'], {
    vocabularySize: specialTokens.length + 256,
    specialTokens,
    threads: 1,
  });
  const tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: json, chatTemplate });
  const render = ({ messages, source: _, ...rest }) =>
    tokenizer.renderChat(messages, { ...rest, addGenerationPrompt: false });

  const seed = Number(values.seed);
  const totals = new Map();
  const chats = [];
  for await (const chat of chatsOf({ data: values.data, seed })) {
    const total = totals.get(chat.source) ?? { chats: 0, answers: 0, bytes: 0, longest: 0 };
    totals.set(chat.source, total);
    const bytes = Buffer.byteLength(render(chat));
    total.chats++;
    total.answers += chat.messages.filter(({ role }) => role === 'assistant').length;
    total.bytes += bytes;
    total.longest = Math.max(total.longest, bytes);
    chats.push(chat);
  }
  for (const chat of new Random(`${seed}/sample`).some(chats, Number(values.sample))) {
    console.log(`--- ${chat.source}\n${render(chat)}\n`);
  }
  console.table(Object.fromEntries(totals));
}
