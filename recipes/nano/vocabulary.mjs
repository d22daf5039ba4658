/** The small model's vocabulary, and what else a folder needs to make text into tokens. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainTokenizer } from 'jambalaya';
import { documentsOf, textsOf } from 'jambalaya/train';
import { specialTokens } from './specials.mjs';
import { textKinds } from './text.mjs';

/** All that is learned; JSON as the chats' lines have it, a sample of them, so that its pairs of characters are among the merges. */
async function* vocabularyTexts(prepared) {
  for (const kind of Object.keys(textKinds)) {
    for await (const piece of documentsOf(join(prepared, `text/${kind}.jsonl.gz`), {})) yield* textsOf(piece);
  }
  for (const kind of ['questions', 'tools', 'generated']) {
    let n = 0;
    const file = join(prepared, `chats/${kind}.jsonl.gz`);
    for await (const piece of documentsOf(file, { fields: { messages: 'messages' } })) {
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

/**
 * Learns a vocabulary of so many tokens from the texts and chats in `prepared` and writes a tokenizer's folder.
 *
 * @param {string} prepared what `prepare.mjs` writes
 * @param {number} size tokens
 * @param {string} [folder]
 */
export async function writeTokenizer(prepared, size, folder = join(prepared, 'tokenizer')) {
  const tokenizer = await trainTokenizer(vocabularyTexts(prepared), { vocabularySize: size, specialTokens });
  mkdirSync(folder, { recursive: true });
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
  writeFileSync(
    join(folder, 'chat_template.jinja'),
    readFileSync(new URL('chat_template.jinja', import.meta.url), 'utf8'),
  );
  return tokenizer;
}
