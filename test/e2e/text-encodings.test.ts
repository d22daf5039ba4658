/** Files as Windows writes them, with a byte order mark; texts that are no UTF-8; named tokens where old folders have them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from 'jambalaya';
import { afterAll, describe, expect, it } from 'vitest';
import { shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

const text = 'Über allen Gipfeln\n';
const options = { window: 64, stride: 32 };

describe('a text that is measured', () => {
  it('is the same with a byte order mark, and refused in another encoding', async () => {
    await using model = await loadModel(shakespeare);
    const plain = new TextEncoder().encode('ROMEO:\nWhat says he?\n');
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...plain]);
    expect(await model.measureText(marked, options)).toEqual(await model.measureText(plain, options));
    const latin1 = Uint8Array.from(text, (char) => char.charCodeAt(0));
    await expect(model.measureText(latin1, options)).rejects.toMatchObject({ code: 'format' });
  });
});

describe('a folder with byte order marks', () => {
  it('is read like one without, its special tokens from their map', async () => {
    const model = folder.copyOf(shakespeare, 'marked');
    for (const file of ['config.json', 'tokenizer.json']) {
      writeFileSync(join(model, file), `\ufeff${readFileSync(join(model, file), 'utf8')}`);
    }
    writeFileSync(join(model, 'generation_config.json'), '\ufeff{"eos_token_id": 0}');
    writeFileSync(join(model, 'tokenizer_config.json'), '\ufeff{}');
    writeFileSync(join(model, 'special_tokens_map.json'), '\ufeff{"bos_token": "!"}');
    writeFileSync(join(model, 'chat_template.jinja'), '\ufeff{{ bos_token }}{{ messages[0].content }}');
    await using loaded = await loadModel(model);
    expect(await loaded.renderChat([{ role: 'user', content: 'hi' }])).toBe('!hi');
  });
});
