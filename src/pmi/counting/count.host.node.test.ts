import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCounts } from '../counts.host.node.js';
import { countInMemory, lengths } from '../reference.js';
import { defaultNormalisation, type Normalisation, wordsOf } from '../words.js';
import { countFiles } from './count.host.node.js';
import type { CountFilesOptions } from './options.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pmi-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Texts of few words, so that n-grams repeat, with every awkward thing that texts have. */
function someTexts(count: number, seed: number): string[] {
  const words = [
    'a',
    'The',
    'cat',
    "isn't",
    'isn’t',
    'Åre',
    'A\u030are',
    'İstanbul',
    'ΟΔΟΣ',
    '日本',
    '🙂',
    'e\u0301te',
    '9',
    'x_y',
    'ſs',
  ];
  const marks = [
    ' ',
    ' ',
    ' ',
    ' ',
    '  ',
    ', ',
    '. ',
    '\u00a0',
    '-',
    "' ",
    '\t',
    ' \u2014 ',
    '\u{e0001}',
    '\u{20000} ',
  ];
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () =>
    Array.from(
      { length: next(30) },
      () => words[Math.min(next(words.length), next(words.length))]! + marks[next(marks.length)]!,
    ).join(''),
  );
}

async function expectCounts(out: string, texts: readonly string[], options: Partial<CountFilesOptions>) {
  const wanted = countInMemory(texts, options);
  const counts = await openCounts(out);
  expect(counts.manifest.totals).toEqual(wanted.totals);
  expect(counts.manifest.types).toBe(wanted.types);
  expect(counts.manifest.texts).toBe(texts.filter((text) => wordsOf(text, options.normalisation).length > 0).length);
  for (const n of lengths) {
    const found = [...counts.entries(n)].map(([ngram, count]) => [ngram.join(' '), count]);
    expect(new Map(found as [string, number][])).toEqual(wanted.counts[n - 1]);
    expect(found.length).toBe(wanted.counts[n - 1]!.size);
  }
}

const normalisations: Normalisation[] = [
  defaultNormalisation,
  { case: 'keep', punctuation: 'words', words: 'letters' },
  { case: 'lower', punctuation: 'skip', words: 'letters' },
  { case: 'lower', punctuation: 'boundary', words: 'spaces' },
];

describe.each(['native', 'wasm'] as const)('counting with %s kernels', (kernels) => {
  it.each(normalisations)('gives what the definition gives, whatever the cut: %o', async (normalisation) => {
    const texts = someTexts(120, 7);
    const file = join(folder, 'texts.txt');
    await writeFile(file, texts.join('\n'));
    for (const [chunkPositions, buckets] of [
      [100, 3],
      [4096, 1],
      [37, 7],
    ] as const) {
      const out = join(folder, `counts-${chunkPositions}`);
      const options = { minCount: 3, normalisation, kernels, memoryBytes: 2e8 };
      await countFiles({ files: [file], out, ...options, plan: { chunkPositions, buckets } });
      await expectCounts(out, texts, options);
    }
  });

  it('reads JSON lines, gzip, and texts of several lines between separators', async () => {
    const texts = someTexts(90, 3);
    const rows = texts.slice(0, 40).map((text) => JSON.stringify({ body: `${text}\nand more` }));
    await writeFile(join(folder, 'a.jsonl.gz'), gzipSync(rows.join('\n')));
    const parts = texts.slice(40).map((text) => `${text}\nmore\n`);
    await writeFile(join(folder, 'b.txt'), parts.join('---\n'));
    const files = ['a.jsonl.gz', 'b.txt'].map((name) => join(folder, name));
    const out = join(folder, 'out');
    await countFiles({ files, out, minCount: 1, kernels, field: 'body', separator: '---', memoryBytes: 2e8 });
    const all = [...texts.slice(0, 40).map((text) => `${text}\nand more`), ...parts];
    await expectCounts(out, all, { minCount: 1 });
  });

  it('counts a word more often than a key has room for', async () => {
    const texts = Array.from({ length: 3000 }, () => 'no no no no no no no');
    const file = join(folder, 'no.txt');
    await writeFile(file, texts.join('\n'));
    await countFiles({ files: [file], out: join(folder, 'out'), kernels, memoryBytes: 2e8 });
    await expectCounts(join(folder, 'out'), texts, { minCount: 5 });
  });

  it('keeps n-grams that stand in enough texts', async () => {
    const texts = ['a b c a b c a b c', 'x y', 'x y', 'x y z', 'z a b'];
    const file = join(folder, 'few.txt');
    await writeFile(file, texts.join('\n'));
    const options = { minCount: 2, minDocuments: 2, kernels, memoryBytes: 2e8 };
    await countFiles({ files: [file], out: join(folder, 'out'), ...options });
    await expectCounts(join(folder, 'out'), texts, options);
  });
});

describe('a count that was interrupted', () => {
  it('goes on after it was stopped in each of its passes, and gives the same', async () => {
    const texts = someTexts(3000, 11);
    const file = join(folder, 'texts.txt');
    await writeFile(file, texts.join('\n'));
    const out = join(folder, 'out');
    const options = { files: [file], out, minCount: 2, threads: 1, plan: { chunkPositions: 3000, buckets: 5 } };
    for (const phase of ['words', 'sort', 'merge'] as const) {
      const stop = new AbortController();
      const onProgress = (now: { phase: string }) => now.phase === phase && stop.abort();
      await expect(countFiles({ ...options, signal: stop.signal, onProgress })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
    const notes: string[] = [];
    await countFiles({ ...options, onNote: (note) => notes.push(note) });
    expect(notes).toEqual([`going on in ${out}, at its third pass`]);
    await expectCounts(out, texts, { minCount: 2 });
  });

  it('goes on after its process was killed at any moment', async () => {
    const texts = someTexts(20_000, 5);
    const file = join(folder, 'texts.txt');
    await writeFile(file, texts.join('\n'));
    const out = join(folder, 'out');
    const arguments_ = ['pmi', 'count', file, '--out', out, '--min-count', '2', '--json', '--threads', '1'];
    const program = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
    for (const milliseconds of [150, 300, 450, 600, 900]) {
      const child = spawn(process.execPath, [program, ...arguments_], { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      child.kill('SIGKILL');
      await ended;
    }
    await countFiles({ files: [file], out, minCount: 2 });
    await expectCounts(out, texts, { minCount: 2 });
  });

  it('refuses a run file that was cut short, says which, and makes it anew once it is gone', async () => {
    const texts = someTexts(500, 2);
    const file = join(folder, 'texts.txt');
    await writeFile(file, texts.join('\n'));
    const out = join(folder, 'out');
    const options = { files: [file], out, minCount: 1, threads: 1, plan: { chunkPositions: 1000, buckets: 4 } };
    const stop = new AbortController();
    const onProgress = (now: { phase: string }) => now.phase === 'merge' && stop.abort();
    await expect(countFiles({ ...options, signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'aborted',
    });
    const run = join(out, 'runs', '000001.run');
    await truncate(run, (await stat(run)).size - 8);
    await expect(countFiles(options)).rejects.toMatchObject({ code: 'format', fields: { file: run } });
    await rm(run);
    await countFiles(options);
    await expectCounts(out, texts, { minCount: 1 });
  });
});

describe('what cannot be counted', () => {
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const count = (file: string, options: Partial<CountFilesOptions> = {}) =>
    countFiles({ files: [file], out: join(folder, 'out'), ...options });

  it('is a typed error', async () => {
    await expect(count(await write('empty.txt', ' ... \n\n'))).rejects.toMatchObject({ code: 'format' });
    await rm(join(folder, 'out'), { recursive: true });
    const little = await write('little.txt', 'a b c\n');
    await expect(count(little)).rejects.toMatchObject({ code: 'limit', fields: { limit: 1, found: 5 } });
    await rm(join(folder, 'out'), { recursive: true });
    await expect(count(await write('bad.jsonl', '{"text":"a"}\n{"x":1}\n'))).rejects.toMatchObject({
      code: 'format',
      fields: { line: 2 },
    });
    await rm(join(folder, 'out'), { recursive: true });
    const packed = gzipSync('a b c\n'.repeat(1000));
    await expect(count(await write('cut.gz', packed.subarray(0, 30)))).rejects.toMatchObject({ code: 'format' });
    await expect(count(join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'file' });
    await rm(join(folder, 'out'), { recursive: true });
    await expect(count(little, { minCount: 1, memoryBytes: 1e6 })).rejects.toMatchObject({ code: 'memory' });
  });

  it('is a folder with the counts of other options; the same ones are there at once', async () => {
    const file = await write('texts.txt', 'a b a b\n');
    expect(await count(file, { minCount: 1 })).toMatchObject({ wasCounted: false, tokens: 4 });
    expect(await count(file, { minCount: 1 })).toMatchObject({
      wasCounted: true,
      tokens: 4,
      ngrams: { 1: 2, 2: 2, 3: 2, 4: 1, 5: 0 },
    });
    await expect(count(file, { minCount: 2 })).rejects.toMatchObject({ code: 'state' });
    expect(await readFile(join(folder, 'out', 'words.txt'), 'utf8')).toBe('a\nb\n');
  });
});
