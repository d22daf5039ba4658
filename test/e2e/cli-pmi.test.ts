import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFile, readIntegers, readSafetensors } from '../../src/formats/index.js';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const run = promisify(execFile);

let folder: string;
const jambalaya = async (...words: string[]) =>
  JSON.parse((await run(process.execPath, [program, ...words, '--json'])).stdout);
const fails = async (...words: string[]) => {
  const error = await run(process.execPath, [program, ...words, '--json']).then(
    () => undefined,
    (reason: { code: number; stderr: string }) => reason,
  );
  return { exit: error?.code, ...JSON.parse(error?.stderr.trim().split('\n').at(-1) ?? '{}') };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-pmi-'));
  const lines = Array.from({ length: 60 }, (_, i) => `people in kuala lumpur like word${i % 9}, and so do I`);
  await writeFile(join(folder, 'texts.txt'), `${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('jambalaya pmi', () => {
  it('counts, looks up, builds and inspects', async () => {
    const at = (name: string) => join(folder, name);
    const counted = await jambalaya('pmi', 'count', at('texts.txt'), '--out', at('counts'));
    expect(counted).toMatchObject({
      tokens: 600,
      types: 18,
      texts: 60,
      totals: { 1: 600, 2: 480, 3: 360, 4: 240, 5: 120 },
    });
    expect(counted.ngrams[1]).toBe(18);
    const found = await jambalaya('pmi', 'lookup', at('counts'), 'Kuala Lumpur');
    expect(found).toMatchObject({ ngram: 'kuala lumpur', count: 60, segmentation: ['kuala', 'lumpur'] });
    expect(found.pmi).toBeCloseTo(Math.log(60 / 480 / (60 / 600) ** 2), 12);
    expect(found.p2).toBeCloseTo(found.pmi + Math.log(60 / 480), 12);
    expect(await fails('pmi', 'lookup', at('counts'), 'no such thing')).toMatchObject({ exit: 1, code: 'limit' });
    const built = await jambalaya(
      'pmi',
      'build',
      at('counts'),
      '--out',
      at('list'),
      '--size',
      '16',
      '--text',
      at('texts.txt'),
    );
    expect(built).toMatchObject({ size: 16, sizes: { 2: 8, 3: 4, 4: 2, 5: 2 } });
    expect(built.coverage.words).toBe(600);
    const list = (await readFile(at('list'), 'utf8')).trim().split('\n');
    expect(list.length).toBe(16);
    const scores = (await readFile(at('list.scores.tsv'), 'utf8')).trim().split('\n');
    expect(scores.slice(1).map((line) => line.split('\t')[0])).toEqual(list);
    const page = at('page.html');
    const inspected = await jambalaya(
      'pmi',
      'inspect',
      at('counts'),
      '--top',
      '3',
      '--text',
      at('texts.txt'),
      '--html',
      page,
    );
    expect(inspected.lengths[0].top.length).toBe(3);
    expect(inspected.coverage.at(-1).share).toBeGreaterThan(0.9);
    expect(await readFile(page, 'utf8')).toContain('kuala lumpur');
  });

  it('masks texts as rows and as tensors alike', async () => {
    const at = (name: string) => join(folder, name);
    const vocabulary = await jambalaya(
      'tokenizer',
      'train',
      at('texts.txt'),
      '--kind',
      'wordpiece',
      '--vocab-size',
      '90',
      '--out',
      at('tokenizer.json'),
    );
    expect(vocabulary.vocabularySize).toBeLessThanOrEqual(90);
    await writeFile(at('towns'), 'kuala lumpur\n');
    const options = ['--tokenizer', at('tokenizer.json'), '--list', at('towns'), '--seed', '5', '--share', '0.3'];
    const rows = await jambalaya('pmi', 'mask', at('texts.txt'), ...options, '--out', at('masked.jsonl'));
    await jambalaya('pmi', 'mask', at('texts.txt'), ...options, '--out', at('masked.safetensors'));
    const lines = (await readFile(at('masked.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBe(60);
    expect(rows.hidden).toBe(lines.flatMap(({ labels }) => labels).filter((label: number) => label !== -100).length);
    const tensors = await readSafetensors(await openFile(at('masked.safetensors')));
    for (const name of ['input_ids', 'labels', 'attention_mask', 'unit_ids']) {
      const entry = tensors.tensors.get(name)!;
      expect(entry.shape[0]).toBe(60);
      const values = await readIntegers(entry);
      const width = entry.shape[1]!;
      expect(Array.from(values.slice(0, lines[0][name].length), Number)).toEqual(lines[0][name]);
      expect(width).toBe(Math.max(...lines.map(({ labels }) => labels.length)));
    }
    await writeFile(at('twice'), 'kuala lumpur\nkuala lumpur\n');
    const failed = await fails(
      'pmi',
      'mask',
      at('texts.txt'),
      '--tokenizer',
      at('tokenizer.json'),
      '--list',
      at('twice'),
      '--out',
      at('x.jsonl'),
    );
    expect(failed).toMatchObject({ exit: 1, code: 'format' });
  });
});
