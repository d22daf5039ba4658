import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseList, WordPieceReader } from '../../src/pmi/index.js';
import { loadModel } from '../../src/runtime/index.js';
import { Tokenizer, trainWordPiece } from '../../src/tokenizers/index.js';
import { type Batch, batchMasker, fineTune, Random, train } from '../../src/training/index.js';

const towns = ['addis ababa', 'kuala lumpur', 'new york'];
const texts = Array.from(
  { length: 240 },
  (_, i) => `the train from ${towns[i % 3]} to ${towns[(i * 7 + 1) % 3]} isn't late, but slow`,
);

let folder: string;
let tokenizer: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'masked-'));
  const trained = await trainWordPiece(texts, { vocabularySize: 110 });
  await writeFile(join(folder, 'tokenizer.json'), trained.json);
  await writeFile(join(folder, 'tokenizer_config.json'), trained.config);
  await writeFile(join(folder, 'texts.jsonl'), texts.map((text) => JSON.stringify({ text })).join('\n'));
  await writeFile(join(folder, 'held.jsonl'), JSON.stringify({ text: texts[4] }));
  tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: trained.json, config: trained.config });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const batchOfTexts = (count: number): Batch => {
  const rows = texts.slice(0, count).map((text) => tokenizer.encode(text, { addSpecialTokens: true }));
  const offsets = new Int32Array(count + 1);
  for (const [i, row] of rows.entries()) offsets[i + 1] = offsets[i]! + row.length;
  const ids = Int32Array.from(rows.flat());
  return {
    ids,
    labels: ids.slice(),
    lengths: rows.map(({ length }) => length),
    offsets,
    countedLabels: ids.length,
    bytes: 0,
  };
};

describe('masked batches', () => {
  it('words are found in ids as they stand in the text', () => {
    const text = new WordPieceReader(tokenizer).read(tokenizer.encode(texts[0]!, { addSpecialTokens: true }));
    expect(text.words.map((word) => word.text).join(' ')).toBe(texts[0]!.replace(',', ''));
    expect(text.words.find((word) => word.text === 'but')!.afterBoundary).toBe(true);
    expect(text.words.find((word) => word.text === 'late')!.afterBoundary).toBe(false);
  });

  it('hide about 15 % of the pieces of each segment, entries of a list as one, and count what is hidden', () => {
    const list = parseList(`${towns.join('\n')}\n`, 'list');
    const batch = batchOfTexts(60);
    const masker = batchMasker({ tokenizer, scheme: 'pmi', list });
    const masked = masker.mask(batch, new Random(1, 'a'));
    expect(masker.mask(batch, new Random(1, 'a'))).toEqual(masked);
    const counted = [...masked.labels.keys()].filter((i) => masked.labels[i] !== -100);
    expect(counted.length).toBe(masked.countedLabels);
    expect(counted.every((i) => masked.labels[i] === batch.ids[i])).toBe(true);
    expect(masked.bytes).toBeGreaterThan(masked.countedLabels / 2);
    const share = masked.countedLabels / (batch.ids.length - 2 * 60);
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.17);
    const reader = new WordPieceReader(tokenizer);
    let both = 0;
    for (let segment = 0; segment < 60; segment++) {
      const [from, to] = [batch.offsets[segment]!, batch.offsets[segment + 1]!];
      const { words } = reader.read(batch.ids.subarray(from, to));
      const hidden = (i: number) => masked.labels[from + words[i]!.start] !== -100;
      for (const [i, { text }] of words.entries()) {
        if (text !== 'kuala' && text !== 'addis' && text !== 'new') continue;
        expect(hidden(i + 1)).toBe(hidden(i));
        both += Number(hidden(i));
      }
    }
    expect(both).toBeGreaterThan(0);
  });

  it('a scheme without its list, and a list that the vocabulary cannot express, are refused', () => {
    expect(() => batchMasker({ tokenizer, scheme: 'pmi' })).toThrow(/list for the scheme "pmi"/);
    const list = parseList('日 本\n', 'list');
    expect(() => batchMasker({ tokenizer, scheme: 'naive', list })).toThrow(/none of 1/);
  });
});

describe('an encoder', () => {
  const recipe = {
    steps: 60,
    model: {
      model_type: 'bert',
      hidden_size: 32,
      intermediate_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      max_position_embeddings: 64,
    },
    objective: { kind: 'masked', scheme: 'word' },
    data: {
      tokenizer: 'tokenizer.json',
      sources: [{ name: 'texts', files: ['texts.jsonl'], heldOutFiles: ['held.jsonl'] }],
    },
    batch: { tokens: 48, sequences: 8 },
    optimizer: { learningRate: 0.01, weightDecay: 0 },
    heldOut: { every: 30 },
    checkpoints: { every: 40 },
    log: { every: 10 },
  };
  const trainTo = async (out: string, changes: object = {}, steps?: number) => {
    const file = join(folder, `${out}.json`);
    await writeFile(file, JSON.stringify({ ...recipe, ...changes }));
    const losses: number[] = [];
    const measured: number[] = [];
    await train({
      recipe: file,
      out: join(folder, out),
      steps,
      device: { threads: 1 },
      onRecord: ({ loss, heldoutBitsPerByte }) => {
        losses.push(loss);
        if (heldoutBitsPerByte !== undefined) measured.push(heldoutBitsPerByte);
      },
    });
    return { losses, measured };
  };

  it('learns by masks, fills them in, and is fine-tuned to tell classes and spans', async () => {
    const { losses, measured } = await trainTo('run');
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(measured.at(-1)!).toBeLessThan(measured[0]!);
    const run = join(folder, 'run');

    await using model = await loadModel(run, { device: 'native' }).catch(() => loadModel(run));
    const ids = tokenizer.encode('the train from [MASK] ababa', { addSpecialTokens: true });
    const { columns, values } = await model.logits(ids);
    const place = ids.findIndex((id) => tokenizer.tokenText(id) === '[MASK]');
    const row = values.subarray(place * columns, (place + 1) * columns);
    expect(row.every(Number.isFinite)).toBe(true);

    const rows = texts.slice(0, 90).map((text, i) => ({ text, label: ['x', 'y', 'z'][i % 3] }));
    const labelled = join(folder, 'classes.jsonl');
    await writeFile(labelled, rows.map((one) => JSON.stringify(one)).join('\n'));
    const out = join(folder, 'classifier');
    const classes = await fineTune({
      model: run,
      task: 'classify',
      train: labelled,
      dev: labelled,
      out,
      epochs: 20,
      learningRate: 3e-3,
      device: { threads: 1 },
    });
    expect(classes.labels).toEqual(['x', 'y', 'z']);
    expect(classes.accuracy).toBeGreaterThan(0.9);
    const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8'));
    expect(config).toMatchObject({
      architectures: ['BertForSequenceClassification'],
      id2label: { 0: 'x', 1: 'y', 2: 'z' },
    });

    const answers = texts.slice(0, 90).map((context) => {
      const answer = towns.find((town) => context.startsWith(`the train from ${town}`))!;
      return { question: 'from', context, answer, start: context.indexOf(answer) };
    });
    const spans = join(folder, 'spans.jsonl');
    await writeFile(spans, answers.map((one) => JSON.stringify(one)).join('\n'));
    const found = await fineTune({
      model: run,
      task: 'span',
      train: spans,
      dev: spans,
      epochs: 20,
      learningRate: 3e-3,
      device: { threads: 1 },
    });
    expect(found.skipped).toBe(0);
    expect(found.accuracy).toBeGreaterThan(0.9);
  });

  it('goes on where it was stopped, with the masks that were to come', async () => {
    const whole = await trainTo('whole', {}, 20);
    const half = join(folder, 'half.json');
    await writeFile(half, JSON.stringify({ ...recipe, steps: 20, checkpoints: { every: 10 } }));
    const stop = new AbortController();
    const options = { recipe: half, out: join(folder, 'half'), device: { threads: 1 } };
    const onStep = ({ step }: { step: number }) => step === 10 && stop.abort();
    await expect(train({ ...options, signal: stop.signal, onStep })).rejects.toMatchObject({ code: 'aborted' });
    const losses: number[] = [];
    await train({ ...options, resume: true, onRecord: ({ loss }) => losses.push(loss) });
    expect(losses.at(-1)).toBe(whole.losses.at(-1));
  });

  it('does not learn the next token, nor does a model that continues texts learn masks', async () => {
    await expect(trainTo('causal', { objective: { kind: 'causal' } })).rejects.toMatchObject({
      code: 'config',
      fields: { field: 'objective.kind' },
    });
  });
});
