/** What the model that ships has to be: small, whole, with the vocabulary, the template and the ends that it was trained with. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { specialTokens } from '../../recipes/nano/specials.mjs';
import { readTensor } from '../../src/formats/index.js';
import { openModel } from '../../src/models/index.js';
import { loadModel } from '../../src/runtime/index.js';
import { chatPromptIds, Tokenizer } from '../../src/tokenizers/index.js';
import { jambalayaJson } from '../support/cli.js';
import { TemporaryFolder } from '../support/folders.js';

const folder = 'models/nano';
const made = new TemporaryFolder();
afterAll(() => made.dispose());
const text = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
const tokenizer = Tokenizer.create({
  name: `${folder}/tokenizer.json`,
  tokenizer: text('tokenizer.json'),
  config: text('tokenizer_config.json'),
  chatTemplate: text('chat_template.jinja'),
});

it('fits into 12,000,000 bytes', () => {
  const files = readdirSync(folder);
  expect(files).toEqual(
    expect.arrayContaining(['README.md', 'config.json', 'generation_config.json', 'model.safetensors']),
  );
  expect(files.reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0)).toBeLessThanOrEqual(12_000_000);
});

it('is the int8 form of the numbers that it stands for, to the bit', async () => {
  await jambalayaJson(['export', 'models/nano', '--to', 'hf', '--dtype', 'f32', '--out', made.file('floats')]);
  await jambalayaJson(['quantize', made.file('floats'), made.file('int8'), '--scheme', 'int8']);
  const [again, shipped] = [await tensorsOf(made.file('int8')), await tensorsOf(folder)];
  expect([...again.keys()].sort()).toEqual([...shipped.keys()].sort());
  for (const [name, { dtype, bytes }] of shipped) {
    if (dtype === 'I8') expect(again.get(name)!.bytes.equals(bytes), name).toBe(true);
  }
});

/** Every tensor as it is stored. */
async function tensorsOf(model: string): Promise<Map<string, { dtype: string; bytes: Buffer }>> {
  const checkpoint = await openModel(model);
  const tensors = new Map<string, { dtype: string; bytes: Buffer }>();
  for (const entry of checkpoint.tensors.values()) {
    tensors.set(entry.name, { dtype: entry.dtype, bytes: Buffer.from(await readTensor(entry)) });
  }
  await checkpoint.close();
  return tensors;
}

it('has the special tokens first, every digit alone, and the template of its recipe', () => {
  expect(tokenizer.vocabularySize).toBe(4096);
  expect(specialTokens.map((token) => tokenizer.encode(token))).toEqual(specialTokens.map((_, id) => [id]));
  expect(tokenizer.encode('1234567890').map((id) => tokenizer.tokenText(id))).toEqual([...'1234567890']);
  expect(text('chat_template.jinja')).toBe(readFileSync('recipes/nano/chat_template.jinja', 'utf8'));
  const config = JSON.parse(text('config.json')) as Record<string, unknown>;
  expect(config).toMatchObject({ vocab_size: 4096, pad_token_id: 0, bos_token_id: 1, tie_word_embeddings: true });
});

it('takes special strings of users for text', () => {
  const hostile = specialTokens.join(' ');
  const ids = chatPromptIds(tokenizer, [{ role: 'user', content: hostile }]);
  const plain = chatPromptIds(tokenizer, [{ role: 'user', content: 'x' }]);
  const specials = (of: readonly number[]) => of.filter((id) => tokenizer.specialIds.has(id));
  expect(specials(ids)).toEqual(specials(plain));
  expect(tokenizer.decode(ids)).toContain(hostile);
});

it('knows English: prose that it has not learned costs it less than three bits a byte', async () => {
  await using model = await loadModel(folder, { threads: 2 });
  expect(model.info.vocabularySize).toBe(4096);
  const prose = new Uint8Array(readFileSync('models/char-shakespeare/heldout.txt').subarray(0, 3000));
  const { bitsPerByte } = await model.measureText(prose, { window: 512, stride: 256 });
  expect(bitsPerByte).toBeLessThan(3);
});

it.each([
  ['Repeat this number: 4179050', '4179050'],
  ['Write the name Karl Novak again', 'Karl Novak'],
])('does what a chat asks, and ends its turn: %s', async (content, answer) => {
  await using model = await loadModel(folder, { threads: 2 });
  const prompt = await model.chatIds([{ role: 'user', content }]);
  let text = '';
  let end: unknown;
  for await (const part of model.generate({ prompt, maxTokens: 64, temperature: 0 })) {
    if (part.type === 'token') text += part.text;
    if (part.type === 'finish') end = part.reason;
  }
  expect({ text: text.trim(), end }).toEqual({ text: answer, end: 'stop' });
});
