/** Encoders in the form of sentence-transformers: a bare BertModel with its pooling, and what the command line makes of texts. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosine, loadEncoder, loadModel, openCheckpoint, openDevice, openFolder } from 'jambalaya';
import { loadCheckpoint } from 'jambalaya/models';
import { Segments } from 'jambalaya/nn';
import { scope } from 'jambalaya/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { editJson, editSafetensors, golden, RawSafetensors, shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const vocab = Object.fromEntries([...specials, ...letters, ...letters.map((x) => `##${x}`)].map((x, id) => [x, id]));
const special = (content: string) => ({ id: vocab[content], content, special: true, normalized: false });
const tokenizer = {
  added_tokens: specials.map(special),
  normalizer: { type: 'BertNormalizer' },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab },
};

/** The golden BERT as sentence-transformers would keep it. */
function encoder(
  name: string,
  pooling: object,
  { unitLength = true, maxTokens = 20 as number | undefined } = {},
): string {
  const model = folder.copyOf(golden('bert-tiny'), name);
  editSafetensors(join(model, 'model.safetensors'), (header) => {
    for (const [key, entry] of Object.entries(header)) {
      delete header[key];
      header[key.startsWith('bert.') ? key.slice(5) : key.replace('cls.', 'pooler.')] = entry;
    }
  });
  editJson(join(model, 'config.json'), (config) => {
    config.architectures = ['BertModel'];
  });
  const types = ['Transformer', 'Pooling', ...(unitLength ? ['Normalize'] : [])];
  const modules = types.map((type, idx) => ({
    idx,
    name: `${idx}`,
    path: idx === 0 ? '' : `${idx}_${type}`,
    type: `sentence_transformers.models.${type}`,
  }));
  writeFileSync(join(model, 'modules.json'), JSON.stringify(modules));
  mkdirSync(join(model, '1_Pooling'));
  writeFileSync(join(model, '1_Pooling', 'config.json'), JSON.stringify(pooling));
  if (maxTokens !== undefined) {
    writeFileSync(join(model, 'sentence_bert_config.json'), JSON.stringify({ max_seq_length: maxTokens }));
  }
  writeFileSync(join(model, 'tokenizer.json'), JSON.stringify(tokenizer));
  return model;
}

/** The last hidden states of ids by the model as it was. */
async function hiddenStates(ids: readonly number[]): Promise<Float32Array[]> {
  const device = await openDevice();
  const checkpoint = await openCheckpoint(await openFolder(golden('bert-tiny')));
  const { model } = await loadCheckpoint(checkpoint, device);
  using output = scope(
    () => model.forward({ segments: new Segments(device, [ids.length]), ids }, { logits: 'none' }).output,
  );
  const values = Float32Array.from(await output.read());
  model.dispose();
  await checkpoint.close();
  return ids.map((_, i) => values.subarray(i * 32, (i + 1) * 32));
}

const text = 'Crème brûlée';
const ids = [
  2,
  ...[...'creme'].map((x, i) => vocab[i === 0 ? x : `##${x}`]!),
  ...[...'brulee'].map((x, i) => vocab[i === 0 ? x : `##${x}`]!),
  3,
];
const columns = Array.from({ length: 32 }, (_, i) => i);
const close = (found: ArrayLike<number>, wanted: readonly number[]) =>
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
  });

describe('pooling', () => {
  let rows: Float32Array[];
  beforeAll(async () => {
    rows = await hiddenStates(ids);
  });
  const mean = () => columns.map((i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);

  it.each([
    ['mean', { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, mean],
    ['cls', { pooling_mode_cls_token: true }, () => [...rows[0]!]],
    ['max', { pooling_mode_max_tokens: true }, () => columns.map((i) => Math.max(...rows.map((row) => row[i]!)))],
    ['last', { pooling_mode: 'lasttoken' }, () => [...rows.at(-1)!]],
  ])('by %s', async (name, pooling, wanted) => {
    await using model = await loadModel(encoder(`pooled-${name}`, pooling, { unitLength: false }));
    expect(await model.tokenize(text, { addSpecialTokens: true })).toEqual(ids);
    const { vectors, tokens } = await model.embed([text]);
    expect(tokens).toBe(ids.length);
    close(vectors[0]!, wanted());
    expect([...model.facets]).not.toContain('logits');
  });

  it('is of unit length where the folder says so, and as the caller says', async () => {
    await using model = await loadModel(encoder('unit', { pooling_mode_mean_tokens: true }));
    const [unit] = (await model.embed([text])).vectors;
    const length = Math.hypot(...mean());
    close(
      unit!,
      mean().map((value) => value / length),
    );
    close((await model.embed([text], { unitLength: false })).vectors[0]!, mean());
    close((await model.embed([text], { unitLength: false, pooling: 'cls' })).vectors[0]!, [...rows[0]!]);
    await expect(model.embed([text], { pooling: 'median' as 'mean' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('gives a text the same bits alone and among others, in the order of the texts', async () => {
    await using model = await loadEncoder(encoder('among', { pooling_mode_mean_tokens: true }));
    const texts = ['a', 'ab cd ef gh', '', text, 'abc', 'zz z'];
    const together = await model.embed(texts);
    for (const [i, each] of texts.entries()) expect((await model.embed([each]))[0]).toEqual(together[i]);
    expect(await model.embed([])).toEqual([]);
  });

  it('cuts texts at the length that the folder says, special tokens included', async () => {
    await using model = await loadModel(encoder('cut', { pooling_mode_mean_tokens: true }, { maxTokens: 5 }));
    const { vectors, tokens } = await model.embed(['abcdefgh']);
    expect(tokens).toBe(5);
    expect((await model.embed([[2, 4, vocab['##b']!, vocab['##c']!, 3]])).vectors[0]).toEqual(vectors[0]);
    await expect(model.embed([[]])).rejects.toMatchObject({ code: 'usage' });
    await expect(model.embed([Array<number>(49).fill(4)])).rejects.toMatchObject({ code: 'limit' });
  });

  it.each([
    ['an unknown pooling', { pooling_mode_weightedmean_tokens: true }, 'weightedmean'],
    ['two poolings', { pooling_mode_cls_token: true, pooling_mode_max_tokens: true }, ' and '],
    ['no pooling', {}, 'none'],
  ])('refuses %s', async (name, pooling, found) => {
    await using model = await loadModel(encoder(name, pooling));
    await expect(model.embed([text])).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(found),
    });
  });

  it('refuses steps that it does not carry out, and a pooling that is not there', async () => {
    const dense = encoder('dense', { pooling_mode_mean_tokens: true });
    const modules = readFileSync(join(dense, 'modules.json'), 'utf8').replaceAll('Normalize', 'Dense');
    writeFileSync(join(dense, 'modules.json'), modules);
    await using model = await loadModel(dense);
    await expect(model.embed([text])).rejects.toMatchObject({ code: 'config' });
    const without = encoder('without', {});
    rmSync(join(without, '1_Pooling'), { recursive: true });
    await using other = await loadModel(without);
    await expect(other.embed([text])).rejects.toMatchObject({ code: 'file' });
  });
});

describe('a model that continues texts', () => {
  it('embeds by the mean or the last of its states', async () => {
    await using model = await loadModel(shakespeare);
    const [mean] = (await model.embed(['ROMEO: what says he?'])).vectors;
    const [last] = (await model.embed(['ROMEO: what says he?'], { pooling: 'last' })).vectors;
    expect(mean!.length).toBe(last!.length);
    expect(cosine(mean!, last!)).toBeLessThan(0.9999);
  });
});

describe('jambalaya embed', () => {
  let model: string;
  beforeAll(() => {
    model = encoder('command', { pooling_mode_mean_tokens: true });
  });

  it('prints lines of JSON, of texts and of standard input', async () => {
    const rows = (stdout: string) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { text: string; embedding: number[] });
    const given = await jambalaya(['embed', model, 'ab', 'cd e']);
    expect(rows(given.stdout).map(({ text }) => text)).toEqual(['ab', 'cd e']);
    const piped = await jambalaya(['embed', model], { input: 'ab\n\ncd e\n' });
    expect(rows(piped.stdout).map(({ text }) => text)).toEqual(['ab', '', 'cd e']);
    expect(rows(piped.stdout)[2]).toEqual(rows(given.stdout)[1]);
  });

  it('writes .safetensors and .npy, and prints what is alike', async () => {
    const file = folder.file('rows.jsonl');
    writeFileSync(file, '{"text": "ab"}\n{"text": "cd e", "more": 1}\n{"text": "ab a"}\n');
    const [tensors, array] = [folder.file('v.safetensors'), folder.file('v.npy')];
    expect(await jambalayaJson(['embed', model, '--file', file, '--out', tensors])).toMatchObject({ shape: [3, 32] });
    await jambalayaJson(['embed', model, '--file', file, '--out', array]);
    const values = new RawSafetensors(tensors).floats('embeddings');
    const npy = readFileSync(array);
    expect(npy.toString('latin1', 1, 6)).toBe('NUMPY');
    const start = 10 + npy.readUInt16LE(8);
    expect(start % 64).toBe(0);
    expect(npy.toString('latin1', 10, start)).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 32\), \} *\n$/,
    );
    expect(new Float32Array(npy.buffer.slice(npy.byteOffset + start, npy.byteOffset + npy.length))).toEqual(values);
    const similar = await jambalaya(['embed', model, '--file', file, '--similar', '--json']);
    const pairs = similar.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { similarity: number; a: string; b: string });
    const wanted = cosine(values.subarray(0, 32), values.subarray(32, 64));
    expect(pairs).toHaveLength(3);
    expect(pairs.find(({ a, b }) => a === 'ab' && b === 'cd e')?.similarity).toBeCloseTo(wanted, 6);
    expect(pairs.map(({ similarity }) => similarity)).toEqual(
      pairs.map(({ similarity }) => similarity).sort((x, y) => y - x),
    );
  });

  it.each([
    ['a file of another form', ['--out', 'x.csv', 'a'], 2, 'usage'],
    ['texts and a file', ['--file', 'x', 'a'], 2, 'usage'],
    ['a pooling that is none', ['--pooling', 'median', 'a'], 2, 'usage'],
    ['a file that is not there', ['--file', 'nowhere.jsonl'], 1, 'file'],
  ])('refuses %s', async (_, args, code, kind) => {
    expect((await jambalayaError(['embed', model, ...args], code)).code).toBe(kind);
  });
});
