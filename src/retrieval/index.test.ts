import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import bm25 from '../../test/fixtures/retrieval/bm25.json' with { type: 'json' };
import { type IndexOptions, type IndexReport, indexFolder, openIndex, type SearchOptions } from './index.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jambalaya-index-'));
});
afterEach(() => rm(root, { recursive: true }));

const place = () => join(root, '.jambalaya-index');
let clock = 1_700_000_000;

/** Writes a file that was changed at a time of its own, long ago. */
async function put(name: string, text: string): Promise<void> {
  await mkdir(join(root, name, '..'), { recursive: true });
  await writeFile(join(root, name), text);
  clock += 10;
  await utimes(join(root, name), clock, clock);
}

const index = (options: IndexOptions = {}): Promise<IndexReport> => indexFolder(root, options);

async function search(query: string, options: SearchOptions = {}) {
  await using opened = await openIndex(root);
  return (await opened.search(query, options)).map(({ passage, score }) => ({ ...passage, score }));
}

const jsonLines = (texts: readonly string[]) => texts.map((text) => `${JSON.stringify({ text })}\n`).join('');
const segments = async () => (await readdir(place())).filter((name) => name.startsWith('segment-')).sort();

describe('scores', () => {
  it.each(['lucene', 'okapi'] as const)('are those of the reference: %s', async (idf) => {
    // In three files and many segments: neither may matter.
    for (let i = 0; i < 3; i++) await put(`${i}.jsonl`, jsonLines(bm25.passages.filter((_, at) => at % 3 === i)));
    await index({ memoryBytes: 20_000, passageWords: 1000 });
    expect((await segments()).length).toBeGreaterThan(1);
    const options = { limit: 100, idf, ...(idf === 'okapi' ? { k1: 1.5 } : {}) };
    for (const { query, [idf]: expected } of bm25.queries) {
      const scores = new Map((await search(query, options)).map(({ text, score }) => [text, score]));
      for (const [i, passage] of bm25.passages.entries()) {
        expect(scores.get(passage) ?? 0, `${query}: ${passage}`).toBeCloseTo(expected[i]!, 10);
      }
    }
    // The case that okapi weighs in its own way is among them.
    const having = bm25.passages.filter((text) => /\band\b/i.test(text)).length;
    expect(having).toBeGreaterThan(bm25.passages.length / 2);
  });

  it('of equal ones the order is that of the places', async () => {
    for (const name of ['b.txt', 'a.txt', 'c.txt']) await put(name, 'same words');
    await index();
    expect((await search('words')).map(({ source }) => source)).toEqual(['a.txt', 'b.txt', 'c.txt']);
    expect((await search('words', { limit: 2 })).map(({ source }) => source)).toEqual(['a.txt', 'b.txt']);
  });
});

describe('indexFolder', () => {
  const texts = (count: number, from = 0) =>
    Array.from(
      { length: count },
      (_, i) => `common word${i + from} ${'filler '.repeat((i * 7) % 11)}rare${(i + from) % 5}`,
    );

  it('reads every kind, knows the place of every passage, and passes over what is no document', async () => {
    await put('a.txt', 'plain apples');
    await put('sub/b.md', '# Fruit\n\nmarked apples');
    await put('c.html', '<h1>Tree</h1><p>tagged apples');
    await put('d.jsonl', '{"title": "Row", "text": "listed apples", "id": "x"}\n');
    for (const name of ['e.bin', '.hidden/f.txt', 'node_modules/g.txt', '.h.txt']) await put(name, 'hidden apples');
    expect(await index()).toMatchObject({ files: 4, passages: 4, read: 4, unchanged: 0, segments: 1 });
    const found = (await search('apples')).map(({ score: _, begin: __, end: ___, ...rest }) => rest);
    expect(found.sort((a, b) => (a.source < b.source ? -1 : 1))).toEqual([
      { source: 'a.txt', line: 1, text: 'plain apples' },
      { source: 'c.html', line: 1, title: 'Tree', text: 'tagged apples' },
      { source: 'd.jsonl', line: 1, title: 'Row', id: 'x', text: 'listed apples' },
      { source: 'sub/b.md', line: 3, title: 'Fruit', text: 'marked apples' },
    ]);
    expect((await search('tree')).map(({ source }) => source)).toEqual(['c.html']);
    expect(await search('hidden')).toEqual([]);
    const { begin, end } = (await search('marked'))[0]!;
    expect((await readFile(join(root, 'sub/b.md'))).toString().slice(begin, end)).toBe('marked apples');
  });

  it('reads again only what changed, and then answers as an index that was made anew', async () => {
    for (const [i, count] of [8, 6, 60, 20].entries()) await put(`${i}.jsonl`, jsonLines(texts(count, 10 * i)));
    await index();
    const read: string[] = [];
    const onProgress: IndexOptions['onProgress'] = ({ file }) => read.push(file);
    expect(await index({ onProgress })).toMatchObject({ read: 0, unchanged: 4 });
    expect(read).toEqual([]);

    await put('1.jsonl', jsonLines(texts(22, 3)));
    await put('4.txt', 'new common words');
    await rm(join(root, '0.jsonl'));
    expect(await index({ onProgress })).toMatchObject({ read: 2, unchanged: 2, removed: 1, passages: 103 });
    // What is gone is still in the first segment, and may not count.
    expect(await segments()).toHaveLength(2);
    expect([...new Set(read)]).toEqual(['1.jsonl', '4.txt']);

    const queries = ['common rare3', 'word12', 'words filler', 'word2 word4 word40'];
    const updated = await Promise.all(queries.map((query) => search(query, { limit: 200 })));
    await rm(place(), { recursive: true });
    await index();
    const anew = await Promise.all(queries.map((query) => search(query, { limit: 200 })));
    expect(updated).toEqual(anew);
    expect(updated[0]!.length).toBe(103);
  });

  it('merges segments so that they stay few, and answers the same', async () => {
    for (let i = 0; i < 30; i++) {
      await put(`${i}.jsonl`, jsonLines(texts(3, i)));
      await index();
      expect((await segments()).length).toBeLessThanOrEqual(8);
    }
    const updated = await search('common word7 rare2', { limit: 100 });
    await rm(place(), { recursive: true });
    await index();
    expect(await search('common word7 rare2', { limit: 100 })).toEqual(updated);
    // What is gone is gone from the disk, too.
    for (let i = 1; i < 30; i++) await rm(join(root, `${i}.jsonl`));
    const { bytes, passages } = await index();
    expect(passages).toBe(3);
    expect(bytes).toBeLessThan(3000);
  });

  it('makes an index anew for other settings', async () => {
    await put('a.txt', 'one two three four');
    await index();
    const notes: string[] = [];
    expect(await index({ passageWords: 2, onNote: (note) => notes.push(note) })).toMatchObject({
      read: 1,
      passages: 2,
    });
    expect(notes).toEqual(['the index was made with other settings: made anew']);
    expect(await segments()).toHaveLength(1);
  });

  it('passes over a file that is no text, and says so', async () => {
    await put('a.txt', 'good');
    await put('b.txt', 'bad\0');
    await put('c.jsonl', 'x\n{"text": "good"}\n');
    const notes: string[] = [];
    expect(await index({ onNote: (note) => notes.push(note) })).toMatchObject({ files: 2, skipped: 1, passages: 2 });
    expect(notes).toEqual([
      expect.stringMatching(/^passed over: .*b\.txt: expected text in UTF-8/),
      'c.jsonl:1: passed over, it is no JSON',
    ]);
    expect(await search('bad')).toEqual([]);
  });

  it('keeps the old index when it is stopped, and goes on later', async () => {
    await put('a.txt', 'old apples');
    await index();
    await put('b.jsonl', jsonLines(texts(50)));
    const stopped = index({ signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect((await search('apples')).length).toBe(1);
    expect((await readdir(place())).filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(await index()).toMatchObject({ read: 1, unchanged: 1, passages: 51 });
  });

  it('does not lose files that were read before it was stopped', async () => {
    for (let i = 0; i < 6; i++) await put(`${i}.jsonl`, jsonLines(texts(20, 20 * i)));
    const controller = new AbortController();
    const onProgress: IndexOptions['onProgress'] = ({ filesDone }) => {
      if (filesDone === 4) controller.abort();
    };
    await expect(index({ memoryBytes: 10_000, onProgress, signal: controller.signal })).rejects.toThrow('stopped');
    const { read, unchanged, passages } = await index();
    expect(unchanged).toBeGreaterThan(0);
    expect(read + unchanged).toBe(6);
    expect(passages).toBe(120);
  });

  it('a segment that a killed process left is removed', async () => {
    await put('a.txt', 'one');
    await index();
    await writeFile(join(place(), 'segment-77.bin'), 'half');
    await index();
    expect(await segments()).toHaveLength(1);
  });

  it.each([
    ['footer', -30],
    ['end', -3],
  ])('makes anew what is damaged in the %s of a segment', async (_, at) => {
    await put('a.txt', 'one apple');
    await put('b.txt', 'two apples');
    await index();
    const [name] = await segments();
    await damage(join(place(), name!), at);
    await expect(search('apple')).rejects.toMatchObject({
      code: 'format',
      message: expect.stringContaining(name!),
      hint: expect.stringContaining('jambalaya index'),
    });
    const notes: string[] = [];
    expect(await index({ onNote: (note) => notes.push(note) })).toMatchObject({ read: 2, passages: 2 });
    expect(notes).toEqual([expect.stringContaining('its files are read again')]);
    expect(await search('apple')).toHaveLength(2);
  });

  it('never gives a damaged passage or list for a whole one', async () => {
    await put('a.txt', 'one apple');
    await index();
    const whole = await search('one apple');
    const file = join(place(), (await segments())[0]!);
    const { size } = await stat(file);
    const bytes = await readFile(file);
    for (let at = 0; at < size; at++) {
      await writeFile(file, bytes);
      await damage(file, at);
      // The head is not read, and padding of nothing is not there: every other byte counts or is checked.
      const outcome = await search('one apple').catch((error: { code?: string }) => error.code);
      expect(outcome === 'format' || JSON.stringify(outcome) === JSON.stringify(whole), `byte ${at}: ${outcome}`).toBe(
        true,
      );
    }
  });

  it('makes anew an index whose manifest is damaged', async () => {
    await put('a.txt', 'one apple');
    await index();
    await damage(join(place(), 'index.json'), 100);
    await expect(openIndex(root)).rejects.toMatchObject({ code: 'format' });
    const notes: string[] = [];
    expect(await index({ onNote: (note) => notes.push(note) })).toMatchObject({ read: 1, passages: 1 });
    expect(notes[0]).toContain('made anew');
    expect(await search('apple')).toHaveLength(1);
  });

  it('says what is wrong with what it is given', async () => {
    await expect(indexFolder(join(root, 'none'))).rejects.toMatchObject({ code: 'file' });
    await expect(index({ passageWords: 0 })).rejects.toMatchObject({ code: 'usage' });
    await expect(openIndex(root)).rejects.toMatchObject({
      code: 'file',
      hint: `Make one: npx jambalaya index ${root}`,
    });
    await put('a.txt', 'one');
    await index();
    await expect(search('one', { limit: 0 })).rejects.toMatchObject({ code: 'usage' });
    expect(await search('')).toEqual([]);
    expect(await search('zebra')).toEqual([]);
  });

  it('an empty folder makes an empty index', async () => {
    expect(await index()).toMatchObject({ files: 0, passages: 0 });
    expect(await search('x')).toEqual([]);
  });

  it('is kept elsewhere, where that is asked for', async () => {
    await put('docs/a.txt', 'one apple');
    const elsewhere = join(root, 'elsewhere');
    await indexFolder(join(root, 'docs'), { index: elsewhere });
    expect(await readdir(join(root, 'docs'))).toEqual(['a.txt']);
    for (const opened of [openIndex(elsewhere), openIndex(join(root, 'docs'), { index: elsewhere })]) {
      await using found = await opened;
      expect(await found.search('apple')).toHaveLength(1);
      expect(found).toMatchObject({ files: 1, passages: 1, meanLength: 2 });
    }
    await rename(elsewhere, join(root, 'moved'));
    await (await openIndex(join(root, 'moved'))).close();
  });
});

async function damage(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  const position = at < 0 ? size + at : at;
  const byte = new Uint8Array(1);
  await handle.read(byte, 0, 1, position);
  byte[0]! ^= 0x15;
  await handle.write(byte, 0, 1, position);
  await handle.close();
}
